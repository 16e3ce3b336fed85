import { type BreakpointExit, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { HostTime } from '../../machine/MachineOptions.ts';
import type { MachineInput, MachinePosition } from '../../machine/MachineInput.ts';
import type { ReverseExecution, Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import { comparePositions, isSamePosition, runTo } from '../../machine/replay/runTo.ts';
import { applyRecordedInput } from '../changeMachine.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';
import { captureLayers, layersOf } from '../snapshots/MachineSnapshot.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import { CheckpointPace } from './CheckpointPace.ts';
import { type Checkpoint, Checkpoints } from './Checkpoints.ts';
import { InputTrack } from './InputTrack.ts';
import { MemoryHistory, type PagesObserver } from './MemoryHistory.ts';

export interface TimeTravelOptions {
  /** The machine's own. */
  readonly hostTime: HostTime;
  /** How long a machine works between two checkpoints, and so about what a step back takes. */
  readonly intervalMs?: number;
  /** What checkpoints may keep of memory. */
  readonly mostBytes?: number;
  /** Told of pages of RAM whose dirty flags are cleared. */
  readonly onPages?: PagesObserver;
}

const INTERVAL_MS = 50;
/** Of the past, between two looks at host time. */
const PAST_INSTRUCTIONS = 1_000_000;
/** Runs that come to nothing, such as those that a kick ends, until the machine counts as gone astray. */
const MOST_IDLE = 4;
const MOST_BYTES = 2 ** 29;
const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

/** Where a stop was met. */
interface Meeting {
  readonly position: MachinePosition;
  readonly exit: BreakpointExit;
}

/**
 * A machine by the instruction clock that can go back: to the last checkpoint before, and forth again with the same
 * inputs. At a checkpoint processors forget where linear addresses lead, so that one who comes from there is the same
 * as one who ran through.
 */
export class TimeTravel implements ReverseExecution {
  private readonly parts: TranslatedMachine;
  private readonly hostTime: HostTime;
  private readonly pace: CheckpointPace;
  private readonly checkpoints: Checkpoints;
  private readonly memory: MemoryHistory;
  private readonly inputs = new InputTrack();
  private latestReached: MachinePosition;
  private stops = NO_STOPS;
  private isReplaying = false;
  private isPassingThrough = false;
  /** A journey has ended at a breakpoint, which a run passes. */
  private standsAtBreakpoint = false;

  /** The machine stands between two instructions, with its program loaded. Only one may look after a machine's inputs. */
  constructor(parts: TranslatedMachine, options: TimeTravelOptions) {
    this.parts = parts;
    this.hostTime = options.hostTime;
    this.pace = new CheckpointPace(options.intervalMs ?? INTERVAL_MS);
    this.checkpoints = new Checkpoints(options.mostBytes ?? MOST_BYTES);
    this.memory = new MemoryHistory(parts, this.checkpoints, options.onPages);
    this.latestReached = parts.machine.position;
    parts.machine.inputs.onInput = (at, input) => this.onInput(at, input);
    for (const processor of parts.processors) processor.invalidatePhysical(0, parts.memory.ramBytes);
    this.takeCheckpoint();
  }

  get position(): MachinePosition {
    return this.parts.machine.position;
  }

  get earliest(): number {
    return this.checkpoints.at(0).position.instructions;
  }

  get latest(): number {
    return this.latestReached.instructions;
  }

  get latestPosition(): MachinePosition {
    return this.latestReached;
  }

  /** The machine stands before places where it has been. */
  get isInPast(): boolean {
    return comparePositions(this.position, this.latestReached) < 0 || this.inputs.next !== undefined;
  }

  /** What the machine does now it has done before: whoever saw it need not see it again. */
  get isRepeating(): boolean {
    return this.isReplaying || this.isPassingThrough;
  }

  /** All that reached the machine so far, in order. */
  get history(): readonly RecordedInput[] {
    return this.inputs.all;
  }

  checkpointPositions(): readonly MachinePosition[] {
    return this.checkpoints.positions();
  }

  /** What checkpoints keep of memory. */
  get keptBytes(): number {
    return this.checkpoints.bytes;
  }

  /** The machine's inputs are nobody's any more. */
  close(): void {
    this.parts.machine.inputs.onInput = undefined;
  }

  setStops(stops: Stops): void {
    this.stops = stops;
    this.arm(stops);
  }

  run(slice: MachineSlice): MachineExit {
    const end = this.position.instructions + (slice.instructions ?? Infinity);
    for (;;) {
      const before = this.position;
      const instructions = end - before.instructions;
      const wasInPast = this.isInPast;
      const exit = wasInPast ? this.runThroughPast(instructions) : this.runOn({ ...slice, instructions });
      const isPassed = this.standsAtBreakpoint && exit.reason === 'breakpoint' && isSamePosition(before, this.position);
      this.standsAtBreakpoint = false;
      if (isPassed) continue;
      const isHostTimeLeft = this.hostTime.monotonicNs() < (slice.untilHostNs ?? Infinity);
      if (exit.reason !== 'budget' || this.position.instructions >= end || !isHostTimeLeft) return exit;
      if (slice.instructions === undefined && (slice.untilHostNs === undefined || (wasInPast && !this.isInPast)))
        return exit;
    }
  }

  step(): MachineExit {
    this.standsAtBreakpoint = false;
    if (this.isInPast) {
      return this.passingThrough(() => {
        this.applyDue();
        const exit = this.parts.machine.step();
        this.applyDue();
        return exit;
      });
    }
    const exit = this.parts.machine.step();
    this.latestReached = this.position;
    return exit;
  }

  goTo(instructions: number): TravelResult {
    this.standsAtBreakpoint = false;
    const target = Math.max(this.earliest, Math.min(this.latest, instructions));
    this.withoutStops(() => {
      if (target >= this.latest) this.goToPosition(this.latestReached);
      else {
        this.rewind(this.checkpoints.lastBefore((position) => position.instructions < target));
        this.replayTo(target);
      }
    });
    return { reason: target > instructions ? 'start' : 'position', position: this.position };
  }

  stepBack(): TravelResult {
    return this.goTo(this.position.instructions - 1);
  }

  reverseContinue(): TravelResult {
    const search = this.searchBack();
    for (;;) {
      const found = search.next();
      if (found.done) return found.value;
    }
  }

  /**
   * `reverseContinue` in pieces, the length of one checkpoint's interval each; who gives it up with `return` is where it
   * began. Nothing else may be asked of the machine meanwhile.
   */
  *searchBack(): Generator<undefined, TravelResult, undefined> {
    this.standsAtBreakpoint = false;
    const from = this.position;
    let hasEnded = false;
    try {
      let end = from;
      for (let index = this.checkpoints.lastBefore((position) => comparePositions(position, from) < 0); ; index--) {
        const meeting = this.replaying(() => this.lastMeeting(index, end, from));
        if (meeting) {
          hasEnded = true;
          return this.arriveAt(meeting);
        }
        if (index === 0) break;
        end = this.checkpoints.at(index).position;
        yield undefined;
      }
      this.withoutStops(() => this.rewind(0));
      hasEnded = true;
      return { reason: 'start', position: this.position };
    } finally {
      if (!hasEnded) this.withoutStops(() => this.goToPosition(from));
    }
  }

  /** Looks at the last place that the machine has come to, and comes back. */
  atLatest<T>(look: () => T): T {
    if (!this.isInPast) return look();
    const from = this.position;
    this.withoutStops(() => this.goToPosition(this.latestReached));
    try {
      return look();
    } finally {
      this.withoutStops(() => this.goToPosition(from));
    }
  }

  /** Ahead of everything that has been: checkpoints are taken on the way. */
  private runOn(slice: MachineSlice): MachineExit {
    const { machine } = this.parts;
    if (this.pace.isDue && !machine.isOver) this.takeCheckpoint();
    const start = this.hostTime.monotonicNs();
    const untilHostNs = Math.min(slice.untilHostNs ?? Infinity, start + this.pace.untilDueNs);
    const before = this.latestReached.instructions;
    const exit = machine.run({ ...slice, untilHostNs });
    this.latestReached = this.position;
    this.pace.noteRun(this.latest - before, this.hostTime.monotonicNs() - start);
    return exit;
  }

  /** Up to the next input, or to where the past ends. */
  private runThroughPast(instructions: number): MachineExit {
    return this.passingThrough(() => {
      this.applyDue();
      const target = this.inputs.next?.at ?? this.latestReached;
      const exit = runTo(this.parts.machine, target, Math.min(instructions, PAST_INSTRUCTIONS));
      this.applyDue();
      return exit === 'arrived' ? { reason: 'budget' } : exit;
    });
  }

  /** Applies the inputs whose position is the present one. */
  private applyDue(): void {
    this.replaying(() => {
      this.inputs.passDue(
        () => this.position,
        ({ input }) => applyRecordedInput(this.parts, input),
      );
    });
  }

  private onInput(at: MachinePosition, input: MachineInput): void {
    if (input.kind === 'reset') this.memory.suspectAll();
    if (this.isReplaying) return;
    if (this.isInPast) this.forgetFuture(at);
    this.inputs.add({ at, input });
    this.latestReached = at;
  }

  private forgetFuture(from: MachinePosition): void {
    this.checkpoints.truncate(
      this.checkpoints.lastBefore(
        (at, inputCount) => comparePositions(at, from) <= 0 && inputCount <= this.inputs.done,
      ),
    );
    this.memory.onTruncated();
    this.latestReached = from;
  }

  /** Besides those that are taken by time; not in the past. */
  takeCheckpoint(): void {
    const start = this.hostTime.monotonicNs();
    const { machine } = this.parts;
    // An input like others: whoever comes this way again forgets at the same place.
    machine.forgetAddresses();
    const state = structuredClone(machine.save());
    const pages = this.memory.takeChanged();
    const disks = captureLayers(layersOf(machine));
    const inputCount = this.inputs.count;
    this.checkpoints.add({ position: machine.position, state, disks, inputCount, pages });
    this.pace.noteCheckpoint(this.hostTime.monotonicNs() - start);
  }

  /** Makes the machine what it was at a checkpoint. */
  private rewind(index: number): void {
    const { machine } = this.parts;
    this.memory.restore(index);
    const checkpoint: Checkpoint = this.checkpoints.at(index);
    machine.restore(checkpoint.state);
    for (const [slot, disk] of layersOf(machine)) disk.layer = checkpoint.disks.get(slot) ?? new Map();
    this.inputs.rewindTo(checkpoint.inputCount);
  }

  /** Runs on through the past to the first position with so many instructions. */
  private replayTo(instructions: number): void {
    const { machine } = this.parts;
    for (let idle = 0; machine.position.instructions < instructions;) {
      const before = machine.position;
      const { next } = this.inputs;
      if (next && next.at.instructions < instructions) this.goOnTo(next.at);
      else machine.run({ instructions: instructions - before.instructions });
      idle = isSamePosition(machine.position, before) && this.inputs.next === next ? idle + 1 : 0;
      if (idle >= MOST_IDLE) throw new Error(astray(instructions));
    }
  }

  private goToPosition(target: MachinePosition): void {
    if (comparePositions(target, this.position) < 0)
      this.rewind(this.checkpoints.lastBefore((position) => comparePositions(position, target) <= 0));
    for (;;) {
      const { next } = this.inputs;
      if (!next || comparePositions(next.at, target) > 0) break;
      this.goOnTo(next.at);
    }
    this.goOnTo(target);
  }

  /** Runs to a position, without anything from outside on the way, and takes what came there. */
  private goOnTo(target: MachinePosition): void {
    for (let idle = 0; idle < MOST_IDLE;) {
      const before = this.position;
      if (runTo(this.parts.machine, target) === 'arrived') {
        this.applyDue();
        return;
      }
      idle = isSamePosition(this.position, before) ? idle + 1 : 0;
    }
    throw new Error(astray(target.instructions));
  }

  /** The last stop between a checkpoint and `end` that comes before `from`. */
  private lastMeeting(index: number, end: MachinePosition, from: MachinePosition): Meeting | undefined {
    this.withoutStops(() => this.rewind(index));
    let last: Meeting | undefined;
    this.arm(this.stops);
    for (let idle = 0; comparePositions(this.position, end) < 0 && idle < MOST_IDLE;) {
      const before = this.position;
      const next = this.inputs.next?.at ?? end;
      const exit = runTo(this.parts.machine, comparePositions(next, end) < 0 ? next : end);
      const { position } = this;
      const isWanted = exit !== 'arrived' && isBreakpointExit(exit) && this.isBefore(exit.reason, position, from);
      if (isWanted && (this.stops.accepts?.(exit) ?? true)) last = { position, exit };
      this.applyDue();
      idle = isSamePosition(before, this.position) ? idle + 1 : 0;
    }
    return last;
  }

  /** The instruction of a watchpoint or a catchpoint has retired where it stops: the journey ends before it. */
  private isBefore(reason: BreakpointExit['reason'], position: MachinePosition, from: MachinePosition): boolean {
    if (reason === 'breakpoint') return comparePositions(position, from) < 0;
    return position.instructions <= from.instructions && position.instructions > 0;
  }

  private arriveAt({ position, exit }: Meeting): TravelResult {
    if (exit.reason === 'breakpoint') {
      this.withoutStops(() => this.goToPosition(position));
      this.standsAtBreakpoint = true;
      return { reason: 'breakpoint', position: this.position, linearAddress: exit.linearAddress };
    }
    this.goTo(position.instructions - 1);
    const { position: arrived } = this;
    if (exit.reason === 'catchpoint') return { reason: 'catchpoint', position: arrived, events: exit.events };
    const { watchpoint, linearAddress } = exit;
    return { reason: 'watchpoint', position: arrived, watchpoint, linearAddress };
  }

  private withoutStops(action: () => void): void {
    this.arm(NO_STOPS);
    try {
      this.replaying(action);
    } finally {
      this.arm(this.stops);
    }
  }

  private passingThrough<T>(action: () => T): T {
    this.isPassingThrough = true;
    try {
      return action();
    } finally {
      this.isPassingThrough = false;
    }
  }

  private replaying<T>(action: () => T): T {
    const before = this.isReplaying;
    this.isReplaying = true;
    try {
      return action();
    } finally {
      this.isReplaying = before;
    }
  }

  private arm({ breakpoints, watchpoints, catchpoints = [] }: Stops): void {
    for (const processor of this.parts.processors) {
      processor.setBreakpoints(breakpoints);
      processor.setWatchpoints(watchpoints);
      processor.setCatchpoints(catchpoints);
    }
  }
}

function astray(instructions: number): string {
  return `the machine did not come to instruction ${instructions} again: its run is not repeatable`;
}
