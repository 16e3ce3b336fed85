import { shallowRef, type ShallowRef } from 'vue';
import type { DisassemblyLine } from '../../../src-preload/contract/debugging.ts';
import { bridge } from '../../app/bridge.ts';
import { problemText } from '../../app/problemText.ts';

const LINES_BEFORE = 40;
const LINES_AFTER = 160;
const LINES_MOST = 2000;

export interface DisassemblyView {
  readonly lines: ShallowRef<readonly DisassemblyLine[]>;
  /** Linear address of the next instruction. */
  readonly current: ShallowRef<number | null>;
  /** Why there is nothing to show. */
  readonly problem: ShallowRef<string>;
  indexOf(linearAddress: number): number;
  /** Reads the same lines again, or those around the next instruction when it left them. True when the lines moved. */
  refresh(): Promise<boolean>;
  goTo(linearAddress: number): Promise<void>;
  /** Adds lines after the last or before the first; the number of lines added in front. */
  extend(direction: 'up' | 'down'): Promise<number>;
}

/** A stretch of disassembled code that grows as the reader scrolls. */
export function useDisassembly(id: string, vcpu: number): DisassemblyView {
  const lines = shallowRef<readonly DisassemblyLine[]>([]);
  const current = shallowRef<number | null>(null);
  const problem = shallowRef('');
  let isBusy = false;
  /** Counts where the user wants to go to, and has come to: what was asked for before, of another place, is not shown any more. */
  let visit = 0;

  async function read(linearAddress: number | undefined, linesBefore: number, linesAfter: number) {
    const at = linearAddress === undefined ? {} : { linearAddress };
    const outcome = await bridge().call('debug:disassemble', { id, vcpu, linesBefore, linesAfter, ...at });
    problem.value = outcome.ok ? '' : problemText(outcome.problem);
    return outcome.ok ? outcome.value : undefined;
  }

  function indexOf(linearAddress: number): number {
    return lines.value.findIndex((line) => line.linearAddress === linearAddress);
  }

  async function refresh(): Promise<boolean> {
    const first = lines.value[0];
    const own = visit;
    if (first) {
      const same = await read(first.linearAddress, 0, Math.min(lines.value.length, 400));
      if (own !== visit) return false;
      if (same?.lines.some((line) => line.linearAddress === same.current)) {
        lines.value = same.lines;
        current.value = same.current;
        return false;
      }
    }
    const around = await read(undefined, LINES_BEFORE, LINES_AFTER);
    if (own !== visit) return false;
    lines.value = around?.lines ?? [];
    current.value = around?.current ?? null;
    return true;
  }

  async function goTo(linearAddress: number): Promise<void> {
    const own = ++visit;
    const around = await read(linearAddress, LINES_BEFORE, LINES_AFTER);
    if (!around || own !== visit) return;
    visit++;
    lines.value = around.lines;
    current.value = around.current;
  }

  async function extend(direction: 'up' | 'down'): Promise<number> {
    const edge = direction === 'up' ? lines.value[0] : lines.value.at(-1);
    if (isBusy || !edge || lines.value.length >= LINES_MOST) return 0;
    isBusy = true;
    const own = visit;
    const more =
      direction === 'up'
        ? await read(edge.linearAddress, LINES_BEFORE, 0)
        : await read(edge.linearAddress + edge.bytes.length, 0, LINES_AFTER);
    isBusy = false;
    if (!more || own !== visit) return 0;
    const known = new Set(lines.value.map((line) => line.linearAddress));
    const added = more.lines.filter((line) => !known.has(line.linearAddress));
    const isUp = direction === 'up';
    const fitting = added.filter((line) => line.linearAddress < edge.linearAddress === isUp);
    lines.value = isUp ? [...fitting, ...lines.value] : [...lines.value, ...fitting];
    return isUp ? fitting.length : 0;
  }

  return { lines, current, problem, indexOf, refresh, goTo, extend };
}
