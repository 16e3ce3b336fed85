/**
 * What share of a pCPU each vCPU is entitled to: weighted max-min fairness under caps and pins.
 *
 * Everybody's share grows with the water level, in proportion to its weight, until its cap stops it or the pCPUs
 * on which it may run are full. Which pCPUs fill first is found as in lexicographically optimal flows (Megiddo,
 * 1974): try the level at which all pCPUs together are full; where a flow shows that some of them cannot take what
 * comes to them alone, try the level at which those are full, and so on. They are a *pool*, with the vCPUs that
 * have no place outside; the others go on without them. Without pins all is one pool.
 */
import { NO_POOL, PHASE, POOL_WITH_ROOM } from './SchedulerState.ts';
import type { SchedulerState, VcpuSlot } from './SchedulerState.ts';
import { firstPcpuBits, pcpuBits } from './pcpuBits.ts';
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
  readonly members: readonly VcpuSlot[];
  /** Those who get all that their caps allow; the first of them would be the first to get less. */
  readonly satisfied: readonly VcpuSlot[];
  /** The pCPUs that they leave, and the weights of the others. */
  readonly capacity: number;
  readonly weights: number;
}

function wantsToRun({ phase }: VcpuSlot): boolean {
  return phase === PHASE.ready || phase === PHASE.running || phase === PHASE.capped;
}

/**
 * Whether it counts among those who share the pCPUs: it wants to run, or it has gone to sleep from a pool, and is not
 * yet owed all that a sleeper can be. Were it to leave at once, the others would be entitled to the whole of the pCPUs
 * while it still collects: together more than there is, at the cost of whoever never naps. (EEVDF's delayed dequeue.)
 */
export function competes(slot: VcpuSlot): boolean {
  return wantsToRun(slot) || (slot.phase === PHASE.halted && slot.pool !== NO_POOL);
}

/** Sets the rate of every vCPU, and the pool of those that compete. */
export function computeRates(state: SchedulerState): void {
  if (!grantLimits(state)) shareOut(state);
  state.longestSliceMs = longestSlice(state);
  state.ratesStale = false;
}

function longestSlice(state: SchedulerState): number {
  let longest = state.sliceMs;
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (slot.phase !== PHASE.free) longest = Math.max(longest, slot.ownSliceMs);
  }
  return longest;
}

/**
 * The usual case, at each nap of a host that is not full: nobody is pinned, and the pCPUs are enough for all who want
 * one, and for one more. Everybody gets all that its cap allows, and would. Returns false where that is not so.
 */
function grantLimits(state: SchedulerState): boolean {
  const { pcpuCount, slotsUsed } = state;
  let competing = 0;
  for (let index = 0; index < slotsUsed; index++) {
    const slot = state.slot(index);
    if (slot.phase === PHASE.free) continue;
    if (slot.isPinned) return false;
    if (competes(slot) && ++competing >= pcpuCount) return false;
  }
  const { low, high } = firstPcpuBits(pcpuCount);
  for (let index = 0; index < slotsUsed; index++) {
    const slot = state.slot(index);
    slot.rate = slot.limit;
    if (!competes(slot)) continue;
    slot.pool = POOL_WITH_ROOM;
    slot.homeLow = low;
    slot.homeHigh = high;
  }
  return true;
}

function shareOut(state: SchedulerState): void {
  const pools: Pool[] = [];
  let pcpus: readonly number[] = Array.from({ length: state.pcpuCount }, (_, pcpu) => pcpu);
  let groups = groupsOf(state, pcpus);
  while (groups.length > 0) {
    const tight = findTightest(groups, pcpus);
    const members = tight.groups.flatMap((group) => group.members);
    const home = pcpuBits(tight.pcpus);
    for (const slot of members) {
      slot.rate = rateAt(slot, tight.level);
      slot.pool = tight.level === Infinity ? POOL_WITH_ROOM : pools.length;
      slot.homeLow = home.low;
      slot.homeHigh = home.high;
    }
    pools.push(describePool(tight.pcpus, members));
    groups = groups.filter((group) => !tight.groups.includes(group));
    pcpus = pcpus.filter((pcpu) => !tight.pcpus.includes(pcpu));
    for (const group of groups) group.pcpus = group.pcpus.filter((pcpu) => pcpus.includes(pcpu));
  }
  if (pcpus.length > 0) pools.push(describePool(pcpus, []));
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!competes(slot)) slot.rate = expectedRate(slot, pools);
  }
}

function describePool(pcpus: readonly number[], members: readonly VcpuSlot[]): Pool {
  const satisfied = members.filter((slot) => slot.rate >= slot.limit);
  const left = satisfied.reduce((sum, slot) => sum - slot.limit, pcpus.length);
  const weights = members.reduce((sum, slot) => (slot.rate < slot.limit ? sum + slot.weight : sum), 0);
  satisfied.sort((a, b) => b.limit / b.weight - a.limit / a.weight);
  return { pcpus, members, satisfied, capacity: Math.max(0, left), weights };
}

function groupsOf(state: SchedulerState, pcpus: readonly number[]): Group[] {
  const groups: Group[] = [];
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!competes(slot)) continue;
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
  let tight = { groups, pcpus, level: waterLevel(membersOf(groups), pcpus.length) };
  // Where everybody has every place there is nothing to find.
  if (groups.every((group) => group.pcpus.length === pcpus.length)) return tight;
  for (;;) {
    const full = findOverfull(groups, tight.level);
    if (full === undefined) return tight;
    const inside = groups.filter((group) => group.pcpus.every((pcpu) => full.includes(pcpu)));
    const level = waterLevel(membersOf(inside), full.length);
    // One that falls by nothing but rounding is the lowest.
    if (level >= tight.level * (1 - EPSILON)) return tight;
    tight = { groups: inside, pcpus: full, level };
  }
}

/** What a vCPU gets at a level; Infinity: its limit. */
function rateAt(slot: VcpuSlot, level: number): number {
  return Math.min(slot.limit, slot.weight * level);
}

function membersOf(groups: readonly Group[]): readonly VcpuSlot[] {
  return groups.flatMap(({ members }) => members);
}

/** Level at which so many pCPUs are full; Infinity when limits keep them from that. */
function waterLevel(members: readonly VcpuSlot[], capacity: number): number {
  let left = capacity;
  let weights = members.reduce((sum, slot) => sum + slot.weight, 0);
  let open = members;
  for (let count = -1; count !== open.length && weights > 0;) {
    count = open.length;
    const level = left / weights;
    open = open.filter(({ weight, limit }) => {
      if (weight * level < limit) return true;
      left -= limit;
      weights -= weight;
      return false;
    });
  }
  return open.length > 0 ? left / weights : Infinity;
}

/**
 * The pCPUs that cannot take what comes to them alone at a level: those that a group with something left over can
 * reach in a maximum flow from groups to pCPUs. Undefined when all find room.
 */
function findOverfull(groups: readonly Group[], level: number): readonly number[] | undefined {
  const demands = groups.map(({ members }) => members.reduce((sum, slot) => sum + rateAt(slot, level), 0));
  return overfullPcpus(groups, demands);
}

/** What one that sleeps would have if it woke, in the pool that suits it best: so much it collects meanwhile. */
function expectedRate(slot: VcpuSlot, pools: readonly Pool[]): number {
  let most = 0;
  for (const pool of pools) {
    const places = slot.isPinned ? pool.pcpus.filter((pcpu) => slot.mayRunOn(pcpu)) : pool.pcpus;
    if (places.length === pool.pcpus.length) most = Math.max(most, rateAt(slot, levelWith(slot, pool)));
    else if (places.length > 0) most = Math.max(most, rateAt(slot, levelAmong(slot, pool, places)));
  }
  return Math.min(slot.limit, most);
}

/** Level of a pool with one more in it, who may run on all its pCPUs: some of the satisfied have to give. */
function levelWith(slot: VcpuSlot, { satisfied, capacity, weights }: Pool): number {
  let left = capacity;
  let sharing = weights + slot.weight;
  for (const { weight, limit } of satisfied) {
    if (weight * (left / sharing) >= limit) break;
    left += limit;
    sharing += weight;
  }
  return left / sharing;
}

/** The same where it may run on some of them only, as if all who may run there could run nowhere else: at least so much it would have. */
function levelAmong(slot: VcpuSlot, { members }: Pool, places: readonly number[]): number {
  const rivals = members.filter((member) => places.some((pcpu) => member.isAtHomeOn(pcpu)));
  return waterLevel([...rivals, slot], places.length);
}
