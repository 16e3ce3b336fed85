import { PAGE_FLAG } from '../../engine/state/layout.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { HostTime } from '../../machine/MachineOptions.ts';
import type { MachineInput, MachinePosition } from '../../machine/MachineInput.ts';
import { applyInput } from '../../machine/replay/applyInput.ts';
import type { ReverseExecution, Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import { comparePositions, isSamePosition, runTo } from '../../machine/replay/runTo.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';
import { captureLayers, forgetRam, forgetVideo, layersOf } from '../snapshots/MachineSnapshot.ts';
import { PAGE_BYTES, restorePage, ZERO_PAGE } from '../snapshots/pages.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import { type Checkpoint, Checkpoints } from './Checkpoints.ts';

export interface TimeTravelOptions {
  /** The machine's own. */
  readonly hostTime: HostTime;
  /** Host time that a machine runs between two checkpoints, and so about what a step back takes. */
  readonly intervalMs?: number;
  /** What checkpoints may keep of memory. */
  readonly mostBytes?: number;
}

const INTERVAL_MS = 60;
/** A machine runs so many times as long as its last checkpoint took, at the least: they cost less than a tenth. */
const LEAST_RATIO = 14;
/** Of the past, between two looks at host time. */
const PAST_INSTRUCTIONS = 1_000_000;
/** Runs that come to nothing, such as those that a kick ends, until the machine counts as gone astray. */
const MOST_IDLE = 4;
/** But a step back does not take longer than that: the first checkpoint, which is all of memory, is dear. */
const LONGEST_NS = 120e6;
const MOST_BYTES = 2 ** 29;
const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

/** Where a stop was met. */
interface Meeting {
  readonly position: MachinePosition;
  readonly exit: MachineExit & { readonly reason: 'breakpoint' | 'watchpoint' };
}

/**
 * A machine by the instruction clock that can go back: to the last checkpoint before, and forth again with the same
 * inputs. At a checkpoint processors forget where linear addresses lead, so that one who comes from there is the same
 * as one who ran through.
 */
export class TimeTravel implements ReverseExecution {
  private readonly parts: TranslatedMachine;
  private readonly hostTime: HostTime;
  private readonly intervalNs: number;
  private readonly checkpoints: Checkpoints;
  private readonly inputs: RecordedInput[] = [];
  /** How many of the inputs lie behind the present position. */
  private inputsDone = 0;
  /** The checkpoint that the dirty flags are relative to. */
  private base = 0;
  private latestPosition: MachinePosition;
  private stops = NO_STOPS;
  private isReplaying = false;
  /** A journey has ended at a breakpoint, which a run passes. */
  private standsAtBreakpoint = false;
  /** Host time. */
  private checkpointDueNs = 0;
  /** Video memory at the last checkpoint, which is not always `base`, as far as it has been asked for. */
  private readonly videoAtLast = new Map<number, Uint8Array | undefined>();

  /** The machine stands between two instructions, with its program loaded. Only one may look after a machine's inputs. */
  constructor(parts: TranslatedMachine, options: TimeTravelOptions) {
    this.parts = parts;
    this.hostTime = options.hostTime;
    this.intervalNs = (options.intervalMs ?? INTERVAL_MS) * 1e6;
    this.checkpoints = new Checkpoints(options.mostBytes ?? MOST_BYTES);
    this.latestPosition = parts.machine.position;
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
    return this.latestPosition.instructions;
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
      const exit = this.isInPast ? this.runThroughPast(instructions) : this.runOn({ ...slice, instructions });
      const isPassed = this.standsAtBreakpoint && exit.reason === 'breakpoint' && isSamePosition(before, this.position);
      this.standsAtBreakpoint = false;
      if (isPassed) continue;
      const isHostTimeLeft = this.hostTime.monotonicNs() < (slice.untilHostNs ?? Infinity);
      if (exit.reason !== 'budget' || this.position.instructions >= end || !isHostTimeLeft) return exit;
      if (slice.instructions === undefined && slice.untilHostNs === undefined) return exit;
    }
  }

  step(): MachineExit {
    this.standsAtBreakpoint = false;
    if (this.isInPast) {
      this.applyDue();
      const exit = this.parts.machine.step();
      this.applyDue();
      return exit;
    }
    const exit = this.parts.machine.step();
    this.latestPosition = this.position;
    return exit;
  }

  goTo(instructions: number): TravelResult {
    this.standsAtBreakpoint = false;
    const target = Math.max(this.earliest, Math.min(this.latest, instructions));
    this.withoutStops(() => {
      if (target >= this.latest) this.goToPosition(this.latestPosition);
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
    this.standsAtBreakpoint = false;
    const from = this.position;
    let end = from;
    for (let index = this.checkpoints.lastBefore((position) => comparePositions(position, from) < 0); ; index--) {
      const meeting = this.lastMeeting(index, end, from);
      if (meeting) return this.arriveAt(meeting);
      if (index === 0) break;
      end = this.checkpoints.at(index).position;
    }
    this.withoutStops(() => this.rewind(0));
    return { reason: 'start', position: this.position };
  }

  private get isInPast(): boolean {
    return comparePositions(this.position, this.latestPosition) < 0 || this.inputsDone < this.inputs.length;
  }

  /** Ahead of everything that has been: checkpoints are taken on the way. */
  private runOn(slice: MachineSlice): MachineExit {
    const { machine } = this.parts;
    if (this.hostTime.monotonicNs() >= this.checkpointDueNs && !machine.isOver) this.takeCheckpoint();
    const untilHostNs = Math.min(slice.untilHostNs ?? Infinity, this.checkpointDueNs);
    const exit = machine.run({ ...slice, untilHostNs });
    this.latestPosition = this.position;
    return exit;
  }

  /** Up to the next input, or to where the past ends. */
  private runThroughPast(instructions: number): MachineExit {
    this.applyDue();
    const target = this.inputs[this.inputsDone]?.at ?? this.latestPosition;
    const exit = runTo(this.parts.machine, target, Math.min(instructions, PAST_INSTRUCTIONS));
    this.applyDue();
    return exit === 'arrived' ? { reason: 'budget' } : exit;
  }

  /** Applies the inputs whose position is the present one. */
  private applyDue(): void {
    this.replaying(() => {
      for (let next = this.inputs[this.inputsDone]; next && isSamePosition(next.at, this.position);) {
        applyInput(this.parts.machine, next.input);
        next = this.inputs[++this.inputsDone];
      }
    });
  }

  private onInput(at: MachinePosition, input: MachineInput): void {
    if (this.isReplaying) return;
    if (this.isInPast) this.forgetFuture(at);
    this.inputs.push({ at, input });
    this.inputsDone = this.inputs.length;
    this.latestPosition = at;
  }

  private forgetFuture(from: MachinePosition): void {
    this.inputs.splice(this.inputsDone);
    this.checkpoints.truncate(
      this.checkpoints.lastBefore((at, inputCount) => comparePositions(at, from) <= 0 && inputCount <= this.inputsDone),
    );
    this.videoAtLast.clear();
    this.latestPosition = from;
  }

  private takeCheckpoint(): void {
    const start = this.hostTime.monotonicNs();
    const { machine, processors } = this.parts;
    // An input like others: whoever comes this way again forgets at the same place.
    machine.forgetAddresses();
    const state = structuredClone(machine.save());
    const pages = this.changedPages();
    for (const processor of processors) processor.clearDirtyPages();
    const disks = captureLayers(layersOf(machine));
    const inputCount = this.inputs.length;
    this.checkpoints.add({ position: machine.position, state, disks, inputCount, pages });
    this.base = this.checkpoints.count - 1;
    const end = this.hostTime.monotonicNs();
    this.checkpointDueNs = end + Math.max(this.intervalNs, Math.min((end - start) * LEAST_RATIO, LONGEST_NS));
  }

  /** Copies of the pages that the next checkpoint has to keep. */
  private changedPages(): Map<number, Uint8Array> {
    const { ramFlags } = this.parts.memory;
    const isFirst = this.checkpoints.count === 0;
    const pages = new Map<number, Uint8Array>();
    for (const page of this.dirtyPages()) {
      const bytes = this.pageBytes(page);
      // Of video memory only pages that were written at some time are known.
      if (isFirst || page >= ramFlags.length) {
        const before = this.videoAtLast.get(page) ?? this.checkpoints.pageAt(page, this.checkpoints.count - 1);
        if (Buffer.compare(bytes, before ?? ZERO_PAGE) === 0) continue;
      }
      const copy = bytes.slice();
      if (page >= ramFlags.length) this.videoAtLast.set(page, copy);
      pages.set(page, copy);
    }
    return pages;
  }

  /** Pages that may differ from those of the checkpoint `base`. */
  private dirtyPages(): number[] {
    const { memory, machine } = this.parts;
    const { ramFlags, videoFlags } = memory;
    const dirty: number[] = [];
    for (let page = 0; page < ramFlags.length; page++)
      if (((ramFlags[page] ?? 0) & PAGE_FLAG.dirty) !== 0) dirty.push(page);
    const touched = machine.chipset.vga.touchedPages();
    for (let page = 0; page < touched.length; page++) {
      if (touched[page] !== 0 || ((videoFlags[page] ?? 0) & PAGE_FLAG.dirty) !== 0) dirty.push(ramFlags.length + page);
    }
    return dirty;
  }

  private pageBytes(page: number): Uint8Array {
    const { memory } = this.parts;
    const ramPages = memory.ramFlags.length;
    return page < ramPages
      ? memory.ram(page * PAGE_BYTES, PAGE_BYTES)
      : memory.video.subarray((page - ramPages) * PAGE_BYTES, (page - ramPages + 1) * PAGE_BYTES);
  }

  /** Makes the machine what it was at a checkpoint. */
  private rewind(index: number): void {
    const { parts, checkpoints } = this;
    const { machine, memory, processors } = parts;
    const ramPages = memory.ramFlags.length;
    const pages = new Set([...this.dirtyPages(), ...checkpoints.changedBetween(this.base, index)]);
    for (const page of pages) {
      restorePage(this.pageBytes(page), 0, checkpoints.pageAt(page, index), () =>
        page < ramPages ? forgetRam(parts, page) : forgetVideo(parts, page - ramPages),
      );
    }
    const checkpoint: Checkpoint = checkpoints.at(index);
    machine.restore(checkpoint.state);
    for (const [slot, disk] of layersOf(machine)) disk.layer = checkpoint.disks.get(slot) ?? new Map();
    for (const processor of processors) processor.clearDirtyPages();
    this.base = index;
    this.inputsDone = checkpoint.inputCount;
  }

  /** Runs on through the past to the first position with so many instructions. */
  private replayTo(instructions: number): void {
    const { machine } = this.parts;
    for (let idle = 0; machine.position.instructions < instructions;) {
      const before = machine.position;
      const next = this.inputs[this.inputsDone];
      if (next && next.at.instructions < instructions) this.goOnTo(next.at);
      else machine.run({ instructions: instructions - before.instructions });
      idle = isSamePosition(machine.position, before) && this.inputs[this.inputsDone] === next ? idle + 1 : 0;
      if (idle >= MOST_IDLE) throw new Error(astray(instructions));
    }
  }

  private goToPosition(target: MachinePosition): void {
    if (comparePositions(target, this.position) < 0)
      this.rewind(this.checkpoints.lastBefore((position) => comparePositions(position, target) <= 0));
    for (;;) {
      const next = this.inputs[this.inputsDone];
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
      const next = this.inputs[this.inputsDone]?.at ?? end;
      const exit = runTo(this.parts.machine, comparePositions(next, end) < 0 ? next : end);
      const { position } = this;
      if (exit !== 'arrived' && (exit.reason === 'breakpoint' || exit.reason === 'watchpoint')) {
        if (this.isBefore(exit.reason, position, from)) last = { position, exit };
      }
      this.applyDue();
      idle = isSamePosition(before, this.position) ? idle + 1 : 0;
    }
    return last;
  }

  /** A watchpoint's instruction has retired where it stops: the journey ends before it. */
  private isBefore(reason: 'breakpoint' | 'watchpoint', position: MachinePosition, from: MachinePosition): boolean {
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
    return {
      reason: 'watchpoint',
      position: this.position,
      watchpoint: exit.watchpoint,
      linearAddress: exit.linearAddress,
    };
  }

  private withoutStops(action: () => void): void {
    this.arm(NO_STOPS);
    try {
      this.replaying(action);
    } finally {
      this.arm(this.stops);
    }
  }

  private replaying(action: () => void): void {
    const before = this.isReplaying;
    this.isReplaying = true;
    try {
      action();
    } finally {
      this.isReplaying = before;
    }
  }

  private arm({ breakpoints, watchpoints }: Stops): void {
    for (const processor of this.parts.processors) {
      processor.setBreakpoints(breakpoints);
      processor.setWatchpoints(watchpoints);
    }
  }
}

function astray(instructions: number): string {
  return `the machine did not come to instruction ${instructions} again: its run is not repeatable`;
}
