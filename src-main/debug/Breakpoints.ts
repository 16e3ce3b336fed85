import type { Catchpoint } from '../engine/Catchpoint.ts';
import type { ArmedBreakpoint } from '../machine/breakpoints/Breakpoint.ts';
import { isSameTarget } from '../machine/breakpoints/BreakpointSet.ts';
import type { ExpressionFault } from '../machine/expressions/ExpressionFault.ts';
import type { SymbolLookup } from '../machine/expressions/parseExpression.ts';
import { armBreakpoint } from './armBreakpoint.ts';

/** What a breakpoint waits for; `location` is how the user says where, '' where that is just the address. */
export type LocatedTarget =
  | { readonly kind: 'code'; readonly linearAddress: number; readonly location: string }
  | {
      readonly kind: 'data';
      readonly linearAddress: number;
      readonly location: string;
      readonly byteLength: number;
      readonly access: 'read' | 'write' | 'any';
    }
  | Catchpoint;

export interface BreakpointSettings {
  readonly target: LocatedTarget;
  readonly enabled: boolean;
  /** An expression; '': it always counts. */
  readonly condition: string;
  /** Times that it is met and passed before it stops the machine. */
  readonly ignoreCount: number;
}

export interface Breakpoint extends BreakpointSettings {
  /** Among those of its machine, from 1. */
  readonly id: number;
  /** Why it does not work now; null: it does. */
  readonly problem: ExpressionFault | null;
}

/** They wait for the same in the same circumstances. */
export function hasSameMeaning(one: BreakpointSettings, other: BreakpointSettings): boolean {
  return isSameTarget(meant(one.target), meant(other.target)) && one.condition === other.condition;
}

/** A place that is named is its name: the address is what the program had there when it was last looked for. */
function meant(target: LocatedTarget): LocatedTarget {
  const isNamed = (target.kind === 'code' || target.kind === 'data') && target.location !== '';
  return isNamed ? { ...target, linearAddress: 0 } : target;
}

/** The breakpoints of every machine, in the order in which they were made; they outlive a machine's power-off. */
export class Breakpoints {
  private readonly byMachine = new Map<string, readonly Breakpoint[]>();
  /** Of machines that may come back. */
  private readonly forgotten = new Map<string, readonly Breakpoint[]>();
  private readonly onChange: (machine: string, breakpoints: readonly Breakpoint[]) => void;

  constructor(
    initial: Readonly<Record<string, readonly Breakpoint[]>>,
    onChange: (machine: string, breakpoints: readonly Breakpoint[]) => void,
  ) {
    for (const [machine, breakpoints] of Object.entries(initial)) this.byMachine.set(machine, breakpoints);
    this.onChange = onChange;
  }

  list(machine: string): readonly Breakpoint[] {
    return this.byMachine.get(machine) ?? [];
  }

  /** The first code breakpoint at an address. */
  at(machine: string, linearAddress: number): Breakpoint | undefined {
    return this.list(machine).find(({ target }) => target.kind === 'code' && target.linearAddress === linearAddress);
  }

  /** One that is met by the same in the same circumstances is replaced; there may be others for the same place. */
  add(machine: string, settings: BreakpointSettings): readonly Breakpoint[] {
    const list = this.list(machine);
    const same = list.find((each) => hasSameMeaning(each, settings));
    if (same) return this.change(machine, same.id, settings);
    const id = Math.max(0, ...list.map((each) => each.id)) + 1;
    return this.replace(machine, [...list, { ...settings, id, problem: null }]);
  }

  change(machine: string, id: number, settings: BreakpointSettings): readonly Breakpoint[] {
    const list = this.list(machine);
    return this.replace(
      machine,
      list.map((each) => (each.id === id ? { ...settings, id, problem: null } : each)),
    );
  }

  remove(machine: string, id: number): readonly Breakpoint[] {
    return this.replace(
      machine,
      this.list(machine).filter((each) => each.id !== id),
    );
  }

  /** A plain code breakpoint, on or off. */
  set(machine: string, linearAddress: number, enabled: boolean): readonly Breakpoint[] {
    const found = this.at(machine, linearAddress);
    if (found) return this.change(machine, found.id, { ...found, enabled });
    const target = { kind: 'code', linearAddress, location: '' } as const;
    return this.add(machine, { target, enabled, condition: '', ignoreCount: 0 });
  }

  /** All code breakpoints at an address. */
  clear(machine: string, linearAddress: number): readonly Breakpoint[] {
    const isThere = ({ target }: Breakpoint): boolean =>
      target.kind === 'code' && target.linearAddress === linearAddress;
    return this.replace(
      machine,
      this.list(machine).filter((each) => !isThere(each)),
    );
  }

  clearAll(machine: string): readonly Breakpoint[] {
    return this.replace(machine, []);
  }

  /**
   * What the machine needs of those that are enabled, by what the program calls things now. One that makes no sense any
   * more says so, and is left out.
   */
  arm(machine: string, symbols: SymbolLookup): readonly ArmedBreakpoint[] {
    const list = this.list(machine);
    const results = list.map((breakpoint) => armBreakpoint(breakpoint, symbols));
    const updated = list.map((breakpoint, index) => {
      const result = results[index];
      if (!result?.ok)
        return { ...breakpoint, problem: result ? { message: result.message, text: result.text } : null };
      const { target } = breakpoint;
      const isLocated = target.kind === 'code' || target.kind === 'data';
      const linearAddress = 'linearAddress' in result.armed.target ? result.armed.target.linearAddress : 0;
      return { ...breakpoint, target: isLocated ? { ...target, linearAddress } : target, problem: null };
    });
    if (JSON.stringify(updated) !== JSON.stringify(list)) this.replace(machine, updated);
    return results.flatMap((result, index) => (result.ok && list[index]?.enabled ? [result.armed] : []));
  }

  /** The machine is gone; one whose deletion can be undone may come back. */
  forget(machine: string, { isUndoable = false } = {}): void {
    const list = this.list(machine);
    if (list.length === 0) return;
    if (isUndoable) this.forgotten.set(machine, list);
    this.replace(machine, []);
  }

  /** It has come back. */
  remember(machine: string): void {
    const list = this.forgotten.get(machine);
    this.forgotten.delete(machine);
    if (list) this.replace(machine, list);
  }

  /** For keeping. What is wrong with them is found anew where they are armed. */
  all(): Record<string, (Breakpoint & { readonly problem: null })[]> {
    return Object.fromEntries(
      [...this.byMachine].map(([machine, list]) => [machine, list.map((each) => ({ ...each, problem: null }))]),
    );
  }

  private replace(machine: string, breakpoints: readonly Breakpoint[]): readonly Breakpoint[] {
    if (breakpoints.length > 0) this.byMachine.set(machine, breakpoints);
    else this.byMachine.delete(machine);
    this.onChange(machine, breakpoints);
    return breakpoints;
  }
}
