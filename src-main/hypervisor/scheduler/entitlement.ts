/**
 * What share of a pCPU each vCPU is entitled to: weighted max-min fairness under caps and pins.
 *
 * Everybody's share grows with the water level, in proportion to its weight, until its cap stops it or the pCPUs
 * on which it may run are full. Which pCPUs fill first is found as in lexicographically optimal flows (Megiddo,
 * 1974): try the level at which all pCPUs together are full; where a flow shows that some of them cannot take what
 * comes to them alone, try the level at which those are full, and so on. They are a *pool*, with the vCPUs that
 * have no place outside; the others go on without them. Without pins all is one pool.
 */
import { PHASE } from './SchedulerState.ts';
import type { SchedulerState, VcpuSlot } from './SchedulerState.ts';
import { pcpuBits } from './pcpuBits.ts';
import { overfullPcpus } from './pcpuFlow.ts';

const EPSILON = 1e-9;

/** vCPUs that may be put on the same pCPUs. */
interface Group {
  readonly members: VcpuSlot[];
  /** Those of their pCPUs that no earlier pool has taken. */
  pcpus: readonly number[];
}

interface Pool {
  readonly pcpus: readonly number[];
  readonly allWeights: number;
  /** Without those who get all that their caps allow: the pCPUs that are left, and the weights of the others. */
  readonly capacity: number;
  readonly weights: number;
}

export function wantsToRun({ phase }: VcpuSlot): boolean {
  return phase === PHASE.ready || phase === PHASE.running || phase === PHASE.capped;
}

/** Sets the rate of every vCPU, and the pool of those that want to run. */
export function computeRates(state: SchedulerState): void {
  const pools: Pool[] = [];
  let pcpus: readonly number[] = Array.from({ length: state.pcpuCount }, (_, pcpu) => pcpu);
  let groups = groupsOf(state, pcpus);
  while (groups.length > 0) {
    const tight = findTightest(groups, pcpus);
    const home = pcpuBits(tight.pcpus);
    let capacity = tight.pcpus.length;
    let weights = 0;
    let allWeights = 0;
    for (const { members } of tight.groups) {
      for (const slot of members) {
        allWeights += slot.weight;
        slot.rate = rateAt(slot, tight.level);
        slot.pool = pools.length;
        slot.homeLow = home.low;
        slot.homeHigh = home.high;
        if (slot.rate >= slot.limit) capacity -= slot.limit;
        else weights += slot.weight;
      }
    }
    pools.push({ pcpus: tight.pcpus, allWeights, capacity, weights });
    groups = groups.filter((group) => !tight.groups.includes(group));
    pcpus = pcpus.filter((pcpu) => !tight.pcpus.includes(pcpu));
    for (const group of groups) group.pcpus = group.pcpus.filter((pcpu) => pcpus.includes(pcpu));
  }
  if (pcpus.length > 0) pools.push({ pcpus, allWeights: 0, capacity: pcpus.length, weights: 0 });
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!wantsToRun(slot)) slot.rate = expectedRate(slot, pools);
  }
  state.ratesStale = false;
}

function groupsOf(state: SchedulerState, pcpus: readonly number[]): Group[] {
  const groups: Group[] = [];
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!wantsToRun(slot)) continue;
    const isAlike = ({ members: [first] }: Group): boolean =>
      first?.placesLow === slot.placesLow && first.placesHigh === slot.placesHigh;
    const group = groups.find(isAlike);
    if (group !== undefined) group.members.push(slot);
    else groups.push({ members: [slot], pcpus: pcpus.filter((pcpu) => slot.mayRunOn(pcpu)) });
  }
  return groups;
}

/** The pCPUs that are full at the lowest level, and those who can run nowhere else. */
function findTightest(
  groups: readonly Group[],
  pcpus: readonly number[],
): { readonly groups: readonly Group[]; readonly pcpus: readonly number[]; readonly level: number } {
  let tight = { groups, pcpus, level: waterLevel(groups, pcpus.length) };
  // Where everybody has every place there is nothing to find.
  if (groups.every((group) => group.pcpus.length === pcpus.length)) return tight;
  for (;;) {
    const full = findOverfull(groups, tight.level);
    if (full === undefined) return tight;
    const inside = groups.filter((group) => group.pcpus.every((pcpu) => full.includes(pcpu)));
    const level = waterLevel(inside, full.length);
    // One that falls by nothing but rounding is the lowest.
    if (level >= tight.level * (1 - EPSILON)) return tight;
    tight = { groups: inside, pcpus: full, level };
  }
}

/** What a vCPU gets at a level; Infinity: its limit. */
function rateAt(slot: VcpuSlot, level: number): number {
  return Math.min(slot.limit, slot.weight * level);
}

/** Level at which the groups together fill `capacity` pCPUs; Infinity when their limits do not. */
function waterLevel(groups: readonly Group[], capacity: number): number {
  let left = capacity;
  let weights = 0;
  for (const { members } of groups) for (const { weight } of members) weights += weight;
  const saturated = new Set<VcpuSlot>();
  for (let before = -1; before < saturated.size && weights > 0;) {
    before = saturated.size;
    const level = left / weights;
    for (const { members } of groups) {
      for (const slot of members) {
        if (saturated.has(slot) || slot.weight * level < slot.limit) continue;
        saturated.add(slot);
        left -= slot.limit;
        weights -= slot.weight;
      }
    }
  }
  return weights > 0 ? left / weights : Infinity;
}

/**
 * The pCPUs that cannot take what comes to them alone at a level: those that a group with something left over can
 * reach in a maximum flow from groups to pCPUs. Undefined when all find room.
 */
function findOverfull(groups: readonly Group[], level: number): readonly number[] | undefined {
  const demands = groups.map(({ members }) => members.reduce((sum, slot) => sum + rateAt(slot, level), 0));
  return overfullPcpus(groups, demands);
}

/**
 * What one that sleeps would have at least if it woke, for what sleepers collect: its part of a pool if nobody had
 * all that its cap allows any more, or if the same had as now. Exact where one of these is so.
 */
function expectedRate(slot: VcpuSlot, pools: readonly Pool[]): number {
  let most = 0;
  for (const { pcpus, allWeights, capacity, weights } of pools) {
    if (!pcpus.some((pcpu) => slot.mayRunOn(pcpu))) continue;
    const ofAll = (pcpus.length * slot.weight) / (allWeights + slot.weight);
    const ofRest = (capacity * slot.weight) / (weights + slot.weight);
    most = Math.max(most, ofAll, ofRest);
  }
  return Math.min(slot.limit, most);
}
