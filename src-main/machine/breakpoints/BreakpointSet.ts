import { catches, type CaughtEvent } from '../../engine/Catchpoint.ts';
import type { Watchpoint, WatchpointHit } from '../../engine/VirtualProcessor.ts';
import { tryEvaluate, type ExpressionContext } from '../expressions/evaluate.ts';
import type { MachineExit } from '../MachineExit.ts';
import type { Stops } from '../replay/ReverseExecution.ts';
import type {
  ArmedBreakpoint,
  BreakpointCause,
  BreakpointHits,
  BreakpointMeeting,
  BreakpointTarget,
} from './Breakpoint.ts';

/** An exit at which a breakpoint may have been met. */
export type BreakpointExit = MachineExit & { readonly reason: 'breakpoint' | 'watchpoint' | 'catchpoint' };

export function isBreakpointExit(exit: MachineExit): exit is BreakpointExit {
  return exit.reason === 'breakpoint' || exit.reason === 'watchpoint' || exit.reason === 'catchpoint';
}

/** The breakpoints of a machine: what its processors are to stop at, and which of these stops count. */
export class BreakpointSet {
  private all: readonly ArmedBreakpoint[] = [];
  private readonly counts = new Map<number, number>();
  private armed: Stops = { breakpoints: [], watchpoints: [], catchpoints: [] };

  /** Replaces the former set; one that is as before keeps its count. */
  set(breakpoints: readonly ArmedBreakpoint[]): void {
    const before = new Map(this.all.map((each) => [each.id, each]));
    for (const [id, former] of before) {
      const now = breakpoints.find((each) => each.id === id);
      if (now === undefined || !isSameTarget(now.target, former.target)) this.counts.delete(id);
    }
    this.all = breakpoints;
    const targets = breakpoints.map(({ target }) => target);
    this.armed = {
      breakpoints: [...new Set(targets.flatMap((target) => (target.kind === 'code' ? [target.linearAddress] : [])))],
      watchpoints: targets.flatMap((target) => (target.kind === 'data' ? [watchpointOf(target)] : [])),
      catchpoints: targets.flatMap((target) => (target.kind === 'code' || target.kind === 'data' ? [] : [target])),
    };
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** What processors are to stop at, conditions apart. */
  get stops(): Stops {
    return this.armed;
  }

  get hits(): BreakpointHits {
    return [...this.counts];
  }

  /** A power cycle: counting begins anew. */
  clearHits(): void {
    this.counts.clear();
  }

  hasCodeAt(linearAddress: number): boolean {
    return this.armed.breakpoints.includes(linearAddress);
  }

  /** Whether some breakpoint is met, by its condition too; nothing is counted. */
  isMet(exit: BreakpointExit, context: ExpressionContext): boolean {
    return this.all.some((each) => isMetBy(each.target, exit) && holds(each, context));
  }

  /**
   * Counts the meeting of every breakpoint that the exit is about.
   * @param linearAddress where the machine stands
   * @returns the first that is to stop the machine; undefined: it goes on
   */
  meet(exit: BreakpointExit, linearAddress: number, context: ExpressionContext): BreakpointMeeting | undefined {
    let first: BreakpointMeeting | undefined;
    for (const breakpoint of this.all) {
      if (!isMetBy(breakpoint.target, exit) || !holds(breakpoint, context)) continue;
      const count = (this.counts.get(breakpoint.id) ?? 0) + 1;
      this.counts.set(breakpoint.id, count);
      if (count > breakpoint.ignoreCount)
        first ??= { id: breakpoint.id, linearAddress, cause: causeOf(breakpoint.target, exit) };
    }
    return first;
  }
}

/** How an instruction has accessed what a target names; undefined: it has not. */
function accessTo(
  target: BreakpointTarget & { kind: 'data' },
  { hits }: BreakpointExit & { reason: 'watchpoint' },
): WatchpointHit | undefined {
  const { linearAddress, byteLength, access } = target;
  return hits.find((hit) => {
    const offset = hit.linearAddress - linearAddress;
    return offset >= 0 && offset < byteLength && (access === 'any' || access === hit.access);
  });
}

function isMetBy(target: BreakpointTarget, exit: BreakpointExit): boolean {
  switch (exit.reason) {
    case 'breakpoint':
      return target.kind === 'code' && target.linearAddress === exit.linearAddress;
    case 'watchpoint':
      return target.kind === 'data' && accessTo(target, exit) !== undefined;
    case 'catchpoint':
      return exit.events.some((event) => isCaught(target, event));
  }
}

/** A condition that has no value here stops the machine: it is then seen, and not passed over in silence. */
function holds({ condition }: ArmedBreakpoint, context: ExpressionContext): boolean {
  if (condition === null) return true;
  const result = tryEvaluate(condition, context);
  return !result.ok || result.value !== 0n;
}

function causeOf(target: BreakpointTarget, exit: BreakpointExit): BreakpointCause {
  switch (exit.reason) {
    case 'breakpoint':
      return { kind: 'code' };
    case 'watchpoint': {
      const { linearAddress, access } = (target.kind === 'data' && accessTo(target, exit)) || exit;
      return { kind: 'data', linearAddress, access };
    }
    case 'catchpoint': {
      const event = exit.events.find((each) => isCaught(target, each));
      if (event === undefined) throw new Error('a breakpoint was met by none of the events');
      return event;
    }
  }
}

function isCaught(target: BreakpointTarget, event: CaughtEvent): boolean {
  return target.kind !== 'code' && target.kind !== 'data' && catches(target, event);
}

function watchpointOf({ linearAddress, byteLength, access }: BreakpointTarget & { kind: 'data' }): Watchpoint {
  return { linearAddress, byteLength, access };
}

export function isSameTarget(one: BreakpointTarget, other: BreakpointTarget): boolean {
  const fields = (target: BreakpointTarget): string => JSON.stringify(Object.entries(target).sort());
  return fields(one) === fields(other);
}
