import type { MachinePosition } from '../../machine/MachineInput.ts';
import { isSamePosition } from '../../machine/replay/runTo.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';

/** What reached a machine, in order, and how much of it lies behind the place where the machine stands. */
export class InputTrack {
  private readonly inputs: RecordedInput[] = [];
  private doneCount = 0;

  get all(): readonly RecordedInput[] {
    return this.inputs;
  }

  get count(): number {
    return this.inputs.length;
  }

  /** How many lie behind the present place. */
  get done(): number {
    return this.doneCount;
  }

  /** The first that is still to come; undefined: there is none. */
  get next(): RecordedInput | undefined {
    return this.inputs[this.doneCount];
  }

  /** One came from outside, at the present place, which ends what was known to come. */
  add(input: RecordedInput): void {
    this.inputs.splice(this.doneCount);
    this.inputs.push(input);
    this.doneCount = this.inputs.length;
  }

  /** The machine stands again where so many had come. */
  rewindTo(done: number): void {
    this.doneCount = done;
  }

  /** Passes those whose place is the present one, which `apply` may change. */
  passDue(position: () => MachinePosition, apply: (input: RecordedInput) => void): void {
    for (let { next } = this; next && isSamePosition(next.at, position()); { next } = this) {
      apply(next);
      this.doneCount++;
    }
  }
}
