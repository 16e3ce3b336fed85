/**
 * Which pCPU a vCPU gets where some are pinned. A pCPU is a token that costs nothing to exchange, so whoever runs
 * may be moved to another to make room: a vCPU can be placed whenever a chain of such moves ends at an idle pCPU.
 * (An augmenting path of a bipartite matching; whom it places stays placed, so those who run are always as many
 * as could.)
 */
import { firstPcpuBits, pcpuBits } from './pcpuBits.ts';
import { ALL_PCPUS, PHASE, SCHEDULER_PCPUS_MOST, SLICE_END } from './SchedulerState.ts';
import type { SchedulerState, SliceEndCode, VcpuSlot } from './SchedulerState.ts';

const UNSEEN = -2;
/** Reached by the vCPU itself, not by one that would be moved. */
const DIRECT = -1;

/** Notes which pCPUs a vCPU is pinned to; `settlePlaces` makes it count. */
export function setPins(slot: VcpuSlot, pcpus: readonly number[] | null): void {
  const { low, high } = pcpuBits(pcpus ?? []);
  slot.pinsLow = low;
  slot.pinsHigh = high;
}

/** Derives where a vCPU may run from its pins and the pCPUs there are. Pins that are all to pCPUs which are not there hold nobody. */
export function settlePlaces(state: SchedulerState, slot: VcpuSlot): void {
  const present = firstPcpuBits(state.pcpuCount);
  const low = slot.pinsLow & present.low;
  const high = slot.pinsHigh & present.high;
  const isFree = (low === 0 && high === 0) || (low === present.low && high === present.high);
  slot.placesLow = isFree ? ALL_PCPUS : low;
  slot.placesHigh = isFree ? ALL_PCPUS : high;
}

/**
 * Gives a ready vCPU a pCPU for a slice, at home or anywhere, moving others when need be; false when none can be had.
 */
export function place(
  state: SchedulerState,
  slot: VcpuSlot,
  where: 'home' | 'anywhere',
  sliceMs: number,
  now: number,
): boolean {
  const pcpu = findIdle(state, slot, where) ?? makeRoom(state, slot, where, now);
  if (pcpu === undefined) return false;
  hold(state, slot, pcpu);
  slot.phase = PHASE.running;
  slot.preempt = false;
  slot.sliceCount = (slot.sliceCount + 1) | 0;
  slot.waitedMs = Math.max(0, now - slot.readySince);
  slot.sliceStart = now;
  slot.sliceEnd = now + (slot.limit < 1 ? Math.min(sliceMs, slot.quotaLeft) : sliceMs);
  return true;
}

/** Those whose pCPU, given up, would make room for a vCPU at home. */
export function rivals(state: SchedulerState, slot: VcpuSlot): VcpuSlot[] {
  const { via } = search(state, slot, 'home');
  const found: VcpuSlot[] = [];
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) {
    const holder = state.pcpuSlot(pcpu);
    if (via[pcpu] !== UNSEEN && holder >= 0) found.push(state.slot(holder));
  }
  return found;
}

/** Takes a vCPU's pCPU away and records its stay there. */
export function displace(state: SchedulerState, slot: VcpuSlot, now: number, end: SliceEndCode): void {
  if (slot.pcpu >= 0 && state.pcpuSlot(slot.pcpu) === slot.index) state.setPcpuSlot(slot.pcpu, -1);
  const { incarnation, pcpu, sliceStart: startMs, waitedMs } = slot;
  state.recordSlice({ incarnation, pcpu, end, startMs, endMs: now, waitedMs });
  slot.pcpu = -1;
  slot.preempt = false;
}

function findIdle(state: SchedulerState, slot: VcpuSlot, where: 'home' | 'anywhere'): number | undefined {
  const { pcpuCount } = state;
  for (let pcpu = 0; pcpu < pcpuCount; pcpu++) {
    if (state.pcpuSlot(pcpu) < 0 && hasPlaceOn(slot, pcpu, where)) return pcpu;
  }
  return undefined;
}

function hasPlaceOn(slot: VcpuSlot, pcpu: number, where: 'home' | 'anywhere'): boolean {
  return where === 'home' ? slot.isAtHomeOn(pcpu) : slot.mayRunOn(pcpu);
}

/** Moves others, each to the next one's pCPU, until one is idle on which the vCPU may run. */
function makeRoom(state: SchedulerState, slot: VcpuSlot, where: 'home' | 'anywhere', now: number): number | undefined {
  const { idle, via } = search(state, slot, where);
  if (idle === undefined) return undefined;
  let pcpu = idle;
  for (let from = via[pcpu] ?? DIRECT; from !== DIRECT; from = via[pcpu] ?? DIRECT) {
    move(state, state.slot(state.pcpuSlot(from)), pcpu, now);
    pcpu = from;
  }
  return pcpu;
}

/** `via`, for each pCPU that can be reached: the one whose holder would be moved there, or DIRECT. Ends at an idle pCPU. */
function search(
  state: SchedulerState,
  slot: VcpuSlot,
  where: 'home' | 'anywhere',
): { readonly idle?: number; readonly via: Int8Array } {
  const { pcpuCount } = state;
  const via = new Int8Array(SCHEDULER_PCPUS_MOST).fill(UNSEEN);
  const queue: VcpuSlot[] = [slot];
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    for (let pcpu = 0; pcpu < pcpuCount; pcpu++) {
      if (via[pcpu] !== UNSEEN) continue;
      if (!hasPlaceOn(step, pcpu, where)) continue;
      via[pcpu] = step === slot ? DIRECT : step.pcpu;
      const holder = state.pcpuSlot(pcpu);
      if (holder < 0) return { idle: pcpu, via };
      queue.push(state.slot(holder));
    }
  }
  return { via };
}

/** Its slice goes on, on another pCPU. */
function move(state: SchedulerState, slot: VcpuSlot, pcpu: number, now: number): void {
  const { preempt } = slot;
  displace(state, slot, now, SLICE_END.moved);
  hold(state, slot, pcpu);
  slot.preempt = preempt;
  slot.sliceStart = now;
  slot.waitedMs = 0;
}

function hold(state: SchedulerState, slot: VcpuSlot, pcpu: number): void {
  state.setPcpuSlot(pcpu, slot.index);
  slot.pcpu = pcpu;
}
