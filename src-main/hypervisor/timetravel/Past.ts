import { STATE } from '../../engine/state/layout.ts';
import type { MachineInput, MachinePosition } from '../../machine/MachineInput.ts';
import { comparePositions, isSamePosition, runTo } from '../../machine/replay/runTo.ts';
import { applyRecordedInput } from '../changeMachine.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import { Checkpoints } from './Checkpoints.ts';
import { DiskHistory } from './DiskHistory.ts';
import { InputTrack } from './InputTrack.ts';
import { MemoryHistory, type PagesObserver } from './MemoryHistory.ts';

/** Runs that come to nothing, such as those that a kick ends, until the machine counts as gone astray. */
const MOST_IDLE = 4;

export interface PastOptions {
  /** What checkpoints may keep of memory. */
  readonly mostBytes: number;
  readonly onPages: PagesObserver | undefined;
}

/**
 * Where a machine by the instruction clock has been, and the way to any place of it: back to the last checkpoint before,
 * and forth again with the same inputs. Whoever goes there has taken the machine's stops away.
 */
export class Past {
  readonly inputs = new InputTrack();
  readonly checkpoints: Checkpoints;
  readonly disks: DiskHistory;
  private readonly parts: TranslatedMachine;
  private readonly memory: MemoryHistory;
  private latestReached: MachinePosition;
  private isReplayingNow = false;

  /** The machine stands between two instructions, with its program loaded. Only one may look after a machine's inputs. */
  constructor(parts: TranslatedMachine, { mostBytes, onPages }: PastOptions) {
    this.parts = parts;
    this.checkpoints = new Checkpoints(mostBytes);
    this.disks = new DiskHistory(parts.machine.chipset.drives);
    this.memory = new MemoryHistory(parts, this.checkpoints, onPages);
    this.latestReached = parts.machine.position;
    parts.machine.inputs.onInput = (at, input) => this.onInput(at, input);
    for (const processor of parts.processors) processor.invalidatePhysical(0, parts.memory.ramBytes);
  }

  /** The machine's inputs are nobody's any more, and media that were taken out are closed. */
  close(): void {
    this.parts.machine.inputs.onInput = undefined;
    this.disks.close();
  }

  get position(): MachinePosition {
    return this.parts.machine.position;
  }

  get earliest(): MachinePosition {
    return this.checkpoints.at(0).position;
  }

  get latest(): MachinePosition {
    return this.latestReached;
  }

  /** The machine stands before places where it has been. */
  get isAhead(): boolean {
    return comparePositions(this.position, this.latestReached) < 0 || this.inputs.next !== undefined;
  }

  get isReplaying(): boolean {
    return this.isReplayingNow;
  }

  /** The machine has run on, ahead of all that has been. */
  noteReached(): void {
    this.latestReached = this.position;
  }

  takeCheckpoint(): void {
    const { machine } = this.parts;
    // An input like others: whoever comes this way again forgets at the same place.
    machine.forgetAddresses();
    const state = structuredClone(machine.save());
    const pages = this.memory.takeChanged();
    const disks = this.disks.capture();
    const inputCount = this.inputs.count;
    this.checkpoints.add({ position: machine.position, state, disks, inputCount, pages });
    this.memory.onAdded();
  }

  /** What the machine does meanwhile, inputs included, it has done before. */
  replaying<T>(action: () => T): T {
    const before = this.isReplayingNow;
    this.isReplayingNow = true;
    try {
      return action();
    } finally {
      this.isReplayingNow = before;
    }
  }

  /** Applies the inputs whose position is the present one. */
  applyDue(): void {
    this.replaying(() => {
      this.inputs.passDue(
        () => this.position,
        ({ input }) => applyRecordedInput(this.parts, input),
      );
    });
  }

  /** Makes the machine what it was at a checkpoint. */
  rewind(index: number): void {
    const { machine } = this.parts;
    this.memory.restore(index);
    const checkpoint = this.checkpoints.at(index);
    this.disks.restore(checkpoint.disks);
    machine.restore(checkpoint.state);
    this.inputs.rewindTo(checkpoint.inputCount);
  }

  goTo(target: MachinePosition): void {
    if (comparePositions(target, this.position) < 0)
      this.rewind(this.checkpoints.lastBefore((position) => comparePositions(position, target) <= 0));
    for (;;) {
      const { next } = this.inputs;
      if (!next || comparePositions(next.at, target) > 0) break;
      this.goOnTo(next.at);
    }
    this.goOnTo(target);
  }

  /** To the first position with so many instructions. */
  goToCount(instructions: number): void {
    this.rewind(this.checkpoints.lastBefore((position) => position.instructions < instructions));
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

  /** To before the last step that led to a position: an instruction, a wait, or the delivery of an interrupt between two. */
  goBefore(target: MachinePosition): void {
    const { machine, processors } = this.parts;
    const isHalted = processors.some(({ state }) => state.getInt(STATE.halted) !== 0);
    const mayHaveWaited = isHalted && isSamePosition(this.position, target);
    this.goToCount(Math.max(this.earliest.instructions, target.instructions - 1));
    // An instruction was all there was, unless more happened than that.
    if (!mayHaveWaited && this.position.interrupts === target.interrupts) return;
    let last = this.position;
    for (let idle = 0; comparePositions(this.position, target) < 0 && idle < MOST_IDLE;) {
      this.applyDue();
      last = this.position;
      machine.step();
      idle = isSamePosition(last, this.position) ? idle + 1 : 0;
    }
    if (!isSamePosition(this.position, last)) this.goTo(last);
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

  private onInput(at: MachinePosition, input: MachineInput): void {
    if (input.kind === 'reset') this.memory.suspectAll();
    if (this.isReplayingNow) return;
    if (this.isAhead) this.forgetFuture(at);
    if (input.kind === 'medium' && input.image) this.disks.add(input.image);
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
}

function astray(instructions: number): string {
  return `the machine did not come to instruction ${instructions} again: its run is not repeatable`;
}
