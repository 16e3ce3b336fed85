import type { DeviceState } from './BusDevice.ts';
import { checkVersion, readNumber } from './snapshot.ts';

/** Where a machine's random numbers come from. */
export interface EntropySource {
  fill(into: Uint8Array): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** The same numbers in each run (a linear congruential generator, Numerical Recipes): for machines that repeat theirs. */
export class RepeatableEntropy implements EntropySource {
  private state = 1;

  fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at++) {
      this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
      into[at] = this.state >>> 24;
    }
  }

  save(): DeviceState {
    return { version: 1, state: this.state };
  }

  restore(state: DeviceState): void {
    checkVersion('entropy', state, 1);
    this.state = readNumber(state, 'state', 0, 0xffff_ffff);
  }
}

/** Real random numbers: nothing of theirs is a state. */
export function hostEntropy(fill: (into: Uint8Array) => void): EntropySource {
  return { fill, save: () => ({ version: 1 }), restore: (state) => checkVersion('entropy', state, 1) };
}
