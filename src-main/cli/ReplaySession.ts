import type { Recording } from '../hypervisor/recordings/Recording.ts';
import type { StoredInput } from '../hypervisor/recordings/recordedInputs.ts';
import type { Machine } from '../machine/Machine.ts';
import type { MachinePosition } from '../machine/MachineInput.ts';
import type { HostTime } from '../machine/MachineOptions.ts';
import type { ReverseExecution } from '../machine/replay/ReverseExecution.ts';
import { isSamePosition, runTo } from '../machine/replay/runTo.ts';
import { RUN_ENDS } from './ExitStatus.ts';
import type { RunEnding, RunResult } from './RunSession.ts';

/** Between two looks at everything else. */
const SLICE_INSTRUCTIONS = 1_000_000;

export interface ReplaySessionOptions {
  readonly machine: Machine;
  readonly recording: Recording;
  readonly hostTime: HostTime;
  /** See `applyRecordedInput`. */
  readonly apply: (input: StoredInput) => void;
  /** Called between slices: moves output. */
  readonly exchange: () => Promise<void>;
  readonly interrupted: () => RunEnding | undefined;
  readonly digest: () => string;
  /** Where to go in the run, once it has been repeated: through what ran it. */
  readonly visit?: ReplayVisit | undefined;
}

export interface ReplayVisit {
  readonly travel: ReverseExecution;
  readonly place: ReplayPlace;
}

/** A place in a run: behind an instruction, or before the last write to a byte of linear memory. */
export type ReplayPlace =
  | { readonly kind: 'instruction'; readonly instructions: number }
  | { readonly kind: 'write'; readonly linearAddress: number };

/** Runs a machine as it once ran, to the same end: what came from outside comes from the recording. */
export class ReplaySession {
  private readonly options: ReplaySessionOptions;

  constructor(options: ReplaySessionOptions) {
    this.options = options;
  }

  async run(): Promise<RunResult> {
    const { hostTime } = this.options;
    const start = hostTime.monotonicNs();
    const ending = this.visit(await this.replay());
    return { ...ending, seconds: (hostTime.monotonicNs() - start) / 1e9 };
  }

  private async replay(): Promise<RunEnding> {
    const { machine, recording, apply } = this.options;
    const { inputs, end } = recording;
    for (const { at, input } of inputs) {
      const ending = await this.runTo(at);
      if (ending) return ending;
      try {
        apply(input);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { reason: 'error', detail: `the recording makes no sense at instruction ${at.instructions}: ${error.message}` }; // prettier-ignore
      }
    }
    const ending = await this.runTo(end.position);
    if (ending) return ending;
    // Why the machine stands still is found when it is to go on.
    if (end.isOver && !machine.isOver) machine.run({ instructions: 1 });
    await this.options.exchange();
    if (this.options.digest() !== end.digest)
      return diverged('its end has another digest than the recorded run had, though it is at the same instruction');
    const reason = RUN_ENDS.find((each) => each === end.reason);
    return reason ? { reason, detail: end.detail } : diverged(`it ended for an unknown reason, ${end.reason}`);
  }

  /** Goes where the user wants to look, unless the replay failed. */
  private visit(ending: RunEnding): RunEnding {
    const { visit } = this.options;
    if (visit === undefined || ending.reason === 'error') return ending;
    const { travel, place } = visit;
    if (place.kind === 'instruction') {
      const { instructions } = travel.goTo(place.instructions).position;
      return { reason: 'until', detail: `behind instruction ${instructions} of ${travel.latest}` };
    }
    const { linearAddress } = place;
    const address = `0x${linearAddress.toString(16)}`;
    travel.setStops({ breakpoints: [], watchpoints: [{ linearAddress, byteLength: 1, access: 'write' }] });
    const { reason, position } = travel.reverseContinue();
    travel.setStops({ breakpoints: [], watchpoints: [] });
    const count = position.instructions;
    return reason === 'watchpoint'
      ? { reason: 'until', detail: `before instruction ${count + 1}, the last that writes to ${address}` }
      : { reason: 'until', detail: `at the start: nothing writes to ${address} in this run` };
  }

  /** Undefined once the machine is there. */
  private async runTo(target: MachinePosition): Promise<RunEnding | undefined> {
    const { machine, exchange, interrupted, visit } = this.options;
    for (;;) {
      const before = machine.position;
      const exit = runTo(visit?.travel ?? machine, target, SLICE_INSTRUCTIONS);
      if (exit === 'arrived') return undefined;
      await exchange();
      const ending = interrupted();
      if (ending) return ending;
      const isOnItsWay =
        (exit.reason === 'budget' || exit.reason === 'kick') && !isSamePosition(machine.position, before);
      if (!isOnItsWay) {
        const { instructions } = machine.position;
        return diverged(
          `it stopped (${exit.reason}) at instruction ${instructions}, on the way to ${target.instructions}`,
        );
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function diverged(what: string): RunEnding {
  const advice = 'Was it recorded by another version of Vivarium?';
  return { reason: 'error', detail: `the replay went another way than the recording: ${what}. ${advice}` };
}
