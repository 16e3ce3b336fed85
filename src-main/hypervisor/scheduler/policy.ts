/**
 * Who runs next: proportional share by weight with caps, after EEVDF (Stoica and Abdel-Wahab, 1995), for
 * several pCPUs with one queue.
 *
 * Pure: no clock, no Atomics, no allocation that outlives a call. The caller holds the lock and passes `now`.
 *
 * Each vCPU that wants to run has a *rate*, the share of one pCPU that it is entitled to: weighted max-min
 * fairness with at most its cap, and at most one pCPU, for each. Its *lag* grows at that rate and falls at 1
 * while it runs, so a lag is the time it is owed. Adding `rate * x` to every lag changes nothing about who is
 * ahead of whom; lags are kept shifted so that they add up to zero. Of those that are owed time the one whose
 * lag will be a whole slice soonest runs next. A pCPU is never idle while somebody is ready.
 *
 * Whoever sleeps collects lag up to a small bound, so that it runs soon after it wakes. Until it has reached that
 * bound it counts among the others as if awake: all rates together are never more than the pCPUs there are, and
 * whoever naps gets what it would have if it did not, while those who never nap keep what they are entitled to.
 *
 * Cost is linear in the number of slots used, some ten nanoseconds each; there is no heap to keep, since
 * every lag moves at every event.
 */
import { competes, computeRates } from './entitlement.ts';
import { displace, place, rivals, setPins, settlePlaces } from './placement.ts';
import { NO_POOL, PHASE, POOL_WITH_ROOM, SCHEDULER_PCPUS_MOST, SLICE_END } from './SchedulerState.ts';
import type { SchedulerState, VcpuShare, VcpuSlot } from './SchedulerState.ts';

/** A cap's quota is for this long: the longest a capped vCPU is kept waiting. */
export const CAP_PERIOD_MS = 100;
/** Most time a sleeper can be owed when it wakes: a slice, and what its rate gives it in this many slices ... */
const WAKE_BOOST_SLICES = 4;
/** ... but enough to be worth a switch. */
const WAKE_BOOST_MS = 0.5;
/** Owed less than this, a vCPU that wakes takes its turn as all others do. */
const WAKE_BOOST_LEAST_MS = 0.25;
/**
 * Bounds of a lag, in slices, of the longest that anybody has: no debt and no claim from the past outlives them. Wide enough for a host that
 * lets a thread wait for tens of milliseconds while it holds a pCPU.
 */
const LAG_SLICES_MOST = 100;
/** The same for a claim of one that runs all it may (its limit is its rate): it could never catch up. */
const LAG_SLICES_MOST_AT_LIMIT = 2;
/** Owed so much, it comes before all others. */
const LAG_SLICES_OVERDUE = 4;
/**
 * A slice is no more than what a vCPU is entitled to in this time, so that one of many is not a whole slice off its share: of
 * ten seconds this is 0.75 %, at either end ...
 */
const SLICE_OF_MS = 75;
/** ... and no more than this where its owner wants longer ones ... */
const OWN_SLICE_OF_MS = 150;
/** ... but worth a switch. */
const SLICE_LEAST_MS = 1;
/** A waking vCPU takes a pCPU from another only when it is ahead by this much. */
const PREEMPTION_LEAD_MS = 1;
/** Quota below this is none: a shorter run is not worth a switch. */
const QUOTA_LEAST_MS = 0.05;
const EPSILON_MS = 1e-6;
/**
 * Who is given an idle pCPU first. Time that nobody of its pool is owed (who naps is entitled to it, or has had it in
 * advance) goes to those who are owed theirs elsewhere, before anybody who is owed nothing.
 */
const DISPATCH_ROUNDS = [
  { who: 'owed', where: 'home' },
  { who: 'owed', where: 'anywhere' },
  { who: 'all', where: 'home' },
  { who: 'all', where: 'anywhere' },
] as const;
/** Puts an urgency before every virtual deadline. */
const MUST_RUN = 1e12;

export function initialise(state: SchedulerState, pcpuCount: number, sliceMs: number, now: number): void {
  state.pcpuCount = pcpuCount;
  state.sliceMs = sliceMs;
  state.longestSliceMs = sliceMs;
  state.slotsUsed = 0;
  state.accountedTo = now;
  for (let pcpu = 0; pcpu < SCHEDULER_PCPUS_MOST; pcpu++) state.setPcpuSlot(pcpu, -1);
}

/** Adds a stopped vCPU; undefined when every slot is taken. */
export function add(
  state: SchedulerState,
  vcpu: VcpuShare & { readonly incarnation: number },
  now: number,
): VcpuSlot | undefined {
  account(state, now);
  const slot = state.slots.find(({ phase }) => phase === PHASE.free);
  if (slot === undefined) return undefined;
  state.slotsUsed = Math.max(state.slotsUsed, slot.index + 1);
  slot.phase = PHASE.stopped;
  slot.pcpu = -1;
  slot.preempt = false;
  Atomics.store(state.words, slot.owedWord, 0);
  slot.weight = vcpu.weight;
  slot.limit = vcpu.limit;
  slot.ownSliceMs = vcpu.sliceMs ?? 0;
  setPins(slot, vcpu.pcpus);
  settlePlaces(state, slot);
  slot.incarnation = vcpu.incarnation;
  slot.sliceCount = 0;
  slot.rate = 0;
  slot.pool = NO_POOL;
  slot.lag = 0;
  slot.boostLeft = 0;
  slot.quotaLeft = vcpu.limit * CAP_PERIOD_MS;
  slot.periodStart = now;
  slot.runMs = 0;
  slot.readyMs = 0;
  slot.haltedMs = 0;
  slot.cappedMs = 0;
  slot.entitledMs = 0;
  slot.stolenMs = 0;
  slot.entitledExcessMs = 0;
  return slot;
}

/** A stopped or halted vCPU wants to run. Returns the slots that have been given a pCPU. */
export function wake(state: SchedulerState, slot: VcpuSlot, now: number): VcpuSlot[] {
  account(state, now);
  if (slot.phase !== PHASE.stopped && slot.phase !== PHASE.halted) return dispatch(state, now);
  const isJoining = !competes(slot);
  slot.phase = isQuotaSpent(slot) ? PHASE.capped : PHASE.ready;
  slot.readySince = now;
  computeRates(state);
  slot.lag = Math.min(slot.lag, wakeBoost(state, slot));
  slot.boostLeft = slot.lag >= WAKE_BOOST_LEAST_MS ? slot.lag : 0;
  // One that naps would pay for a long stay's loss with all the short ones of many seconds.
  slot.entitledExcessMs = 0;
  centreLags(state, isJoining ? slot : undefined);
  const granted = dispatch(state, now);
  // The phase may have changed in dispatch, which the compiler does not see.
  if ((slot.phase as number) === PHASE.ready) preemptFor(state, slot);
  return granted;
}

/**
 * The end of a slice, or an earlier return: the vCPU still wants to run. Its phase tells whether it still holds a pCPU.
 * @param stolenMs for how long of its stay the host had no processor for its thread
 */
export function yieldPcpu(state: SchedulerState, slot: VcpuSlot, now: number, stolenMs = 0): VcpuSlot[] {
  account(state, now);
  if (slot.phase !== PHASE.running) return dispatch(state, now);
  refund(state, slot, stolenMs, now);
  const capped = isQuotaSpent(slot);
  displace(state, slot, now, capped ? SLICE_END.capped : slot.preempt ? SLICE_END.preempted : SLICE_END.slice);
  slot.phase = capped ? PHASE.capped : PHASE.ready;
  slot.readySince = now;
  slot.boostLeft = 0;
  return dispatch(state, now);
}

/** The vCPU wants no pCPU for now: it is halted, or it is stopped. */
export function release(
  state: SchedulerState,
  slot: VcpuSlot,
  to: typeof PHASE.halted | typeof PHASE.stopped,
  now: number,
  stolenMs = 0,
): VcpuSlot[] {
  account(state, now);
  if (slot.phase === PHASE.free) return dispatch(state, now);
  if (slot.phase === PHASE.running) {
    refund(state, slot, stolenMs, now);
    displace(state, slot, now, to === PHASE.halted ? SLICE_END.halt : SLICE_END.stop);
  }
  slot.phase = to;
  if (to === PHASE.stopped) slot.pool = NO_POOL;
  // By the rates that held while it was among the others, as when it joined: else each nap would move
  // time from one of them to another.
  centreLags(state);
  state.ratesStale = true;
  return dispatch(state, now);
}

/** The vCPU is gone, whatever it held. */
export function remove(state: SchedulerState, slot: VcpuSlot, now: number): VcpuSlot[] {
  account(state, now);
  if (slot.phase === PHASE.running) displace(state, slot, now, SLICE_END.died);
  slot.phase = PHASE.free;
  centreLags(state);
  state.ratesStale = true;
  return dispatch(state, now);
}

/** Time has passed: caps may have been refilled. */
export function tick(state: SchedulerState, now: number): VcpuSlot[] {
  account(state, now);
  return dispatch(state, now);
}

/** Weight, cap, pins or slice change: what is owed from before stays owed. */
export function setShare(
  state: SchedulerState,
  slot: VcpuSlot,
  { weight, limit, pcpus, sliceMs }: VcpuShare,
  now: number,
): VcpuSlot[] {
  account(state, now);
  // What is left of the period is granted at the new limit; what has been used stays used.
  slot.quotaLeft += (limit - slot.limit) * CAP_PERIOD_MS;
  slot.weight = weight;
  slot.limit = limit;
  slot.ownSliceMs = sliceMs ?? 0;
  setPins(slot, pcpus);
  settlePlaces(state, slot);
  if (slot.phase === PHASE.capped && !isQuotaSpent(slot)) slot.phase = PHASE.ready;
  if (slot.phase === PHASE.running) slot.preempt = true;
  state.ratesStale = true;
  return dispatch(state, now);
}

export function setPcpuCount(state: SchedulerState, pcpuCount: number, now: number): VcpuSlot[] {
  account(state, now);
  state.pcpuCount = pcpuCount;
  for (let index = 0; index < state.slotsUsed; index++) settlePlaces(state, state.slot(index));
  state.ratesStale = true;
  for (let pcpu = pcpuCount; pcpu < SCHEDULER_PCPUS_MOST; pcpu++) {
    const holder = state.pcpuSlot(pcpu);
    if (holder >= 0) state.slot(holder).preempt = true;
  }
  return dispatch(state, now);
}

/** When a capped vCPU's quota is positive again. */
export function refillTime(slot: VcpuSlot): number {
  const quota = slot.limit * CAP_PERIOD_MS;
  const periods = Math.max(1, Math.floor((QUOTA_LEAST_MS - slot.quotaLeft) / quota) + 1);
  return slot.periodStart + periods * CAP_PERIOD_MS;
}

/**
 * Makes a state consistent again that a dying lock holder may have left half written. What the phases say
 * holds; everything derived from them is made anew.
 */
export function repair(state: SchedulerState): void {
  for (let pcpu = 0; pcpu < SCHEDULER_PCPUS_MOST; pcpu++) state.setPcpuSlot(pcpu, -1);
  for (const slot of state.slots) {
    if (slot.phase === PHASE.free) continue;
    state.slotsUsed = Math.max(state.slotsUsed, slot.index + 1);
    if (!Number.isFinite(slot.lag)) slot.lag = 0;
    if (!Number.isFinite(slot.quotaLeft)) slot.quotaLeft = 0;
    const { pcpu } = slot;
    if (slot.phase === PHASE.running && pcpu >= 0 && pcpu < SCHEDULER_PCPUS_MOST && state.pcpuSlot(pcpu) < 0) {
      state.setPcpuSlot(pcpu, slot.index);
      continue;
    }
    // A thread that believes it still runs finds out at its next look at the clock.
    if (slot.phase === PHASE.running) slot.phase = PHASE.ready;
    slot.pcpu = -1;
  }
  state.ratesStale = true;
}

function isQuotaSpent(slot: VcpuSlot): boolean {
  return slot.limit < 1 && slot.quotaLeft < QUOTA_LEAST_MS;
}

/** Brings times, lags and quotas up to `now`: by other rates from each moment on at which one that sleeps stops competing. */
function account(state: SchedulerState, now: number): void {
  for (let until = -Infinity; until < now;) {
    until = nextSated(state, now);
    if (!accountTo(state, until)) continue;
    // By the rates that held while it competed, as when it joined: see `release`.
    centreLags(state);
    computeRates(state);
  }
}

/** When the first of those who sleep and compete is owed all that a sleeper can be; at the latest `now`. */
function nextSated(state: SchedulerState, now: number): number {
  let next = now;
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (slot.phase !== PHASE.halted || slot.pool === NO_POOL || slot.rate <= 0) continue;
    next = Math.min(next, state.accountedTo + Math.max(0, wakeBoost(state, slot) - slot.lag) / slot.rate);
  }
  return next;
}

/** The same by the present rates. Returns whether one that sleeps competes no longer. */
function accountTo(state: SchedulerState, now: number): boolean {
  let hasLeft = false;
  const elapsed = Math.max(0, now - state.accountedTo);
  state.accountedTo = Math.max(state.accountedTo, now);
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (competes(slot)) countEntitled(slot, slot.rate * elapsed);
    switch (slot.phase) {
      case PHASE.running:
        slot.runMs += elapsed;
        owe(slot, (slot.rate - 1) * elapsed);
        slot.quotaLeft -= elapsed;
        slot.boostLeft -= elapsed;
        break;
      case PHASE.ready:
        slot.readyMs += elapsed;
        owe(slot, slot.rate * elapsed);
        break;
      case PHASE.capped:
        slot.cappedMs += elapsed;
        owe(slot, slot.rate * elapsed);
        break;
      case PHASE.halted:
        slot.haltedMs += elapsed;
        hasLeft = sleep(state, slot, elapsed) || hasLeft;
        break;
      case PHASE.stopped:
      case PHASE.free:
        continue;
    }
    refill(slot, now);
    if (slot.phase === PHASE.capped && !isQuotaSpent(slot)) {
      slot.phase = PHASE.ready;
      slot.readySince = now;
    }
  }
  return hasLeft;
}

/**
 * Whose pool has room gets all that its cap allows, sooner or later: it owes nothing for the bursts that it gets it in, and
 * is owed nothing while it waits for its quota. What it brought into the pool stays.
 */
function owe(slot: VcpuSlot, ms: number): void {
  if (slot.pool !== POOL_WITH_ROOM) slot.lag += ms;
}

/** It collects what its rate gives it, and competes until it is owed all that a sleeper can be: returns whether it is now. */
function sleep(state: SchedulerState, slot: VcpuSlot, elapsed: number): boolean {
  const most = wakeBoost(state, slot);
  slot.lag = Math.min(most, slot.lag + slot.rate * elapsed);
  if (slot.lag < most - EPSILON_MS || slot.pool === NO_POOL) return false;
  slot.pool = NO_POOL;
  return true;
}

function countEntitled(slot: VcpuSlot, ms: number): void {
  const excess = Math.min(slot.entitledExcessMs, ms);
  slot.entitledExcessMs -= excess;
  slot.entitledMs += ms - excess;
}

/**
 * The host had its processor do something else while this one held a pCPU: that is charged to all who compete with
 * it, among whom lags are centred, and not to its cap.
 */
function refund(state: SchedulerState, slot: VcpuSlot, stolenMs: number, now: number): void {
  const lost = Math.min(stolenMs, now - slot.sliceStart);
  if (lost <= 0) return;
  slot.stolenMs += lost;
  slot.lag += lost;
  slot.quotaLeft = Math.min(slot.limit * CAP_PERIOD_MS, slot.quotaLeft + lost);
  takeFromEntitled(state, slot, lost);
}

/**
 * What a pCPU did not give is missing to all who share it. One that has a whole pCPU shares with nobody; one in a pool with
 * room makes up for it, up to its cap.
 */
function takeFromEntitled(state: SchedulerState, loser: VcpuSlot, lostMs: number): void {
  if (loser.rate >= 1) {
    loser.entitledExcessMs += lostMs;
    return;
  }
  if (loser.pool === POOL_WITH_ROOM) return;
  const sharers = state.slots
    .slice(0, state.slotsUsed)
    .filter((slot) => competes(slot) && slot.pool === loser.pool && slot.rate < 1);
  const rates = sharers.reduce((sum, { rate }) => sum + rate, 0);
  if (rates > 0) for (const slot of sharers) slot.entitledExcessMs += (lostMs * slot.rate) / rates;
}

function wakeBoost(state: SchedulerState, slot: VcpuSlot): number {
  return Math.max(WAKE_BOOST_MS, state.sliceMs * Math.min(1, WAKE_BOOST_SLICES * slot.rate));
}

function refill(slot: VcpuSlot, now: number): void {
  const periods = Math.floor((now - slot.periodStart) / CAP_PERIOD_MS);
  if (periods <= 0) return;
  const quota = slot.limit * CAP_PERIOD_MS;
  slot.periodStart += periods * CAP_PERIOD_MS;
  slot.quotaLeft = Math.min(quota, slot.quotaLeft + periods * quota);
}

/**
 * Shifts lags so that they add up to zero, and bounds them: over all pools at once, since pools come and go with those
 * who nap, and what the one owes the other were forgiven each time. Those of a pool with room count, as long as they
 * are awake, and are not shifted: see `owe`. Sleepers are shifted as all others who compete: what one's leaving gives
 * them, its return takes back, wherever they are then. The lag of `joining` stays: it counts from the others' centre, and
 * were it shifted, each nap would forgive a part of its debt.
 */
function centreLags(state: SchedulerState, joining?: VcpuSlot): void {
  let lags = 0;
  let rates = 0;
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!competes(slot)) continue;
    const hasRoom = slot.pool === POOL_WITH_ROOM;
    if (!hasRoom || slot.phase !== PHASE.halted) lags += slot.lag;
    if (!hasRoom && slot !== joining) rates += slot.rate;
  }
  const shiftPerRate = rates > 0 ? lags / rates : 0;
  const bound = LAG_SLICES_MOST * state.longestSliceMs;
  const boundAtLimit = LAG_SLICES_MOST_AT_LIMIT * state.longestSliceMs;
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (!competes(slot) || slot === joining) continue;
    const most = slot.rate >= slot.limit ? boundAtLimit : bound;
    const shift = slot.pool === POOL_WITH_ROOM ? 0 : shiftPerRate * slot.rate;
    slot.lag = Math.max(-bound, Math.min(most, slot.lag - shift));
  }
}

/**
 * Whom to prefer; the least runs first. Usually the virtual deadline: how long until its lag is a whole
 * slice, were it not to run; in a pool with room, where lags stand still, who has waited longest.
 *
 * Before all those, in this order:
 * - Whoever is entitled to a whole pCPU, for it can never catch up. There are never more of those than pCPUs.
 * - Whoever has only just woken, for the time that it is owed: it has been waiting for this, and others have not.
 * - Whoever is owed many slices: one that is entitled to nearly its limit catches up slowly, and bursts of
 *   capped ones would hold it up for good.
 * - Whoever is entitled to all that its cap allows, when it must run now to use the rest of its quota before
 *   the period ends, by what time it has to spare.
 */
function urgency(state: SchedulerState, slot: VcpuSlot): number {
  if (slot.rate >= 1) return -Infinity;
  if (slot.boostLeft > 0) return slot.readySince - state.accountedTo - 2 * MUST_RUN;
  const hasRoom = slot.pool === POOL_WITH_ROOM;
  if (!hasRoom && slot.lag > LAG_SLICES_OVERDUE * state.longestSliceMs) return -slot.lag - MUST_RUN;
  const spare = spareTime(state, slot);
  if (spare < state.longestSliceMs) return spare - MUST_RUN / 2;
  return hasRoom ? slot.readySince - state.accountedTo : (sliceOf(state, slot) - slot.lag) / slot.rate;
}

/** The longest that it runs in one go. */
function sliceOf(state: SchedulerState, slot: VcpuSlot): number {
  const hasOwn = slot.ownSliceMs > 0;
  const wanted = hasOwn ? slot.ownSliceMs : state.sliceMs;
  const fair = (hasOwn ? OWN_SLICE_OF_MS : SLICE_OF_MS) * slot.rate;
  const most = Math.max(SLICE_LEAST_MS, Math.min(wanted, fair));
  return slot.boostLeft > 0 ? Math.min(most, slot.boostLeft) : most;
}

/** Time for which one at its limit need not run and can still use its quota. */
function spareTime(state: SchedulerState, slot: VcpuSlot): number {
  if (slot.rate < slot.limit) return Infinity;
  return slot.periodStart + CAP_PERIOD_MS - state.accountedTo - slot.quotaLeft;
}

/** Gives idle pCPUs to those who are ready. */
function dispatch(state: SchedulerState, now: number): VcpuSlot[] {
  if (state.ratesStale) computeRates(state);
  centreLags(state);
  const granted: VcpuSlot[] = [];
  let idle = idlePcpus(state);
  for (const { who, where } of DISPATCH_ROUNDS) {
    /** Those whose pins keep them from what is idle, whoever else moves. */
    const homeless: VcpuSlot[] = [];
    while (idle > 0) {
      const next = choose(state, who, where, homeless);
      if (next === undefined) break;
      if (place(state, next, where, sliceOf(state, next), now)) {
        granted.push(next);
        idle--;
      } else homeless.push(next);
    }
  }
  return granted;
}

function idlePcpus(state: SchedulerState): number {
  let idle = 0;
  for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) if (state.pcpuSlot(pcpu) < 0) idle++;
  return idle;
}

/** Whose turn it is among those of a kind who are ready. */
function choose(
  state: SchedulerState,
  who: 'owed' | 'all',
  where: 'home' | 'anywhere',
  except: readonly VcpuSlot[],
): VcpuSlot | undefined {
  let best: VcpuSlot | undefined;
  let bestUrgency = Infinity;
  for (let index = 0; index < state.slotsUsed; index++) {
    const slot = state.slot(index);
    if (slot.phase !== PHASE.ready || except.includes(slot)) continue;
    if (who === 'owed' && !isOwed(state, slot, where)) continue;
    const slotUrgency = urgency(state, slot);
    if (best !== undefined && slotUrgency >= bestUrgency) continue;
    best = slot;
    bestUrgency = slotUrgency;
  }
  return best;
}

/** Whether time there is time that it is owed. In a pool with room all get theirs at home. */
function isOwed(state: SchedulerState, slot: VcpuSlot, where: 'home' | 'anywhere'): boolean {
  if (slot.pool === POOL_WITH_ROOM) return where === 'home';
  return slot.lag >= -EPSILON_MS || spareTime(state, slot) < state.longestSliceMs;
}

/**
 * Asks one to give up its pCPU, if the waking vCPU is clearly before it. Urgencies of different pools have nothing to do with
 * each other: who is not of the waking one's pool makes way first.
 */
function preemptFor(state: SchedulerState, waking: VcpuSlot): void {
  const latest = urgency(state, waking) + PREEMPTION_LEAD_MS;
  const others = rivals(state, waking).filter(({ preempt }) => !preempt);
  const strangers = others.filter(({ pool }) => pool !== waking.pool);
  const victim = lastInTurn(state, strangers) ?? lastInTurn(state, others);
  if (victim !== undefined && (victim.pool !== waking.pool || urgency(state, victim) > latest)) victim.preempt = true;
}

/** The one that is furthest ahead. */
function lastInTurn(state: SchedulerState, slots: readonly VcpuSlot[]): VcpuSlot | undefined {
  return slots.reduce<VcpuSlot | undefined>(
    (last, slot) => (last === undefined || urgency(state, slot) > urgency(state, last) ? slot : last),
    undefined,
  );
}
