import type { FlowGraph } from './FlowGraph.ts';
import { type BasicBlock, type RegionPlan, type Site, fallsThrough } from './RegionPlan.ts';

/** What may want the flags next: nobody before they are replaced, a way out of the region, or an instruction. */
const WANTS = ['nothing', 'leave', 'read'] as const;
export type Want = (typeof WANTS)[number];

/** What may want the arithmetic flags, by block of a plan. */
export interface FlagLiveness {
  /** Where a block begins. */
  readonly atStart: readonly Want[];
  /** Behind each of its instructions. */
  readonly behind: readonly (readonly Want[])[];
  /** General registers, a bit each, that may change from a block's start on until all flags are replaced. */
  readonly changed: readonly number[];
}

/**
 * Liveness of the flags in a region. Ways out want them, since nothing is known of what follows; every jump back is
 * one, when the budget is spent.
 */
export function analyseFlags(
  { blocks, blockAt }: Pick<RegionPlan, 'blocks' | 'blockAt'>,
  graph: FlowGraph,
): FlagLiveness {
  const atStart = blocks.map((): Want => 'nothing'),
    atEnd = blocks.map((): Want => 'nothing');
  const ways = blocks.map((_, node): Want => (hasWayOut(blocks, blockAt, graph, node) ? 'leave' : 'nothing'));
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (let node = blocks.length - 1; node >= 0; node--) {
      const { sites, successors } = blocks[node];
      atEnd[node] = successors.reduce((most, target) => moreOf(most, atStart[target]), ways[node]);
      const wanted = sites.reduceRight((after, site) => wantedBefore(site, after), atEnd[node]);
      if (atStart[node] === wanted) continue;
      atStart[node] = wanted;
      hasChanged = true;
    }
  }
  return {
    atStart,
    behind: blocks.map((block, node) => wantedBehind(block, atEnd[node])),
    changed: changedRegisters(blocks),
  };
}

function changedRegisters(blocks: readonly BasicBlock[]): number[] {
  const changed = blocks.map(() => 0);
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (let node = blocks.length - 1; node >= 0; node--) {
      const { sites, successors } = blocks[node];
      const last = sites.findIndex(({ effects, single }) => effects.replacesFlags || single !== 0);
      // What an instruction writes that replaces the flags changes together with them.
      const before = last < 0 ? sites : sites.slice(0, last);
      let bits = before.reduce((all, site) => all | writtenRegisters(site), 0);
      if (last < 0) bits = successors.reduce((all, target) => all | changed[target], bits);
      if (bits === changed[node]) continue;
      changed[node] = bits;
      hasChanged = true;
    }
  }
  return changed;
}

function writtenRegisters({ instruction, effects }: Site): number {
  return instruction.operands.reduce((bits, operand, index) => {
    const isWritten = ((effects.writtenOperands >> index) & 1) !== 0;
    return isWritten && operand.kind === 'register' && operand.file === 'general' ? bits | (1 << operand.index) : bits;
  }, effects.writtenRegisters);
}

/** Whether a block's end may leave the region: to what is not part of it, or on a jump back. */
function hasWayOut(
  blocks: readonly BasicBlock[],
  blockAt: ReadonlyMap<number, number>,
  { position, dispatch }: FlowGraph,
  node: number,
): boolean {
  const { sites, successors } = blocks[node];
  const last = sites[sites.length - 1];
  const isBack = (target: number): boolean => position[dispatch.get(target)?.node ?? target] <= position[node];
  if (last.instruction.encoding.flow === 'indirect' || successors.some(isBack)) return true;
  const goesOn = fallsThrough(last) ? [last.nextEip] : [];
  const jumps = last.relativeTarget === undefined ? [] : [last.relativeTarget];
  return [...goesOn, ...jumps].some((eip) => !successors.includes(blockAt.get(eip) ?? -1));
}

function wantedBehind({ sites }: BasicBlock, atEnd: Want): Want[] {
  const wanted: Want[] = [];
  let want = atEnd;
  for (let index = sites.length - 1; index >= 0; index--) {
    wanted[index] = want;
    want = wantedBefore(sites[index], want);
  }
  return wanted;
}

function wantedBefore({ effects, single }: Site, after: Want): Want {
  if (effects.readsFlags || single !== 0) return 'read';
  const own = effects.mayLeave ? 'leave' : 'nothing';
  if (effects.replacesFlags) return own;
  // Flags that are set on one path only are computed before, to be the same pair of locals behind it.
  if (effects.writesFlags && after !== 'nothing') return 'read';
  return moreOf(own, after);
}

function moreOf(a: Want, b: Want): Want {
  return WANTS[Math.max(WANTS.indexOf(a), WANTS.indexOf(b))];
}
