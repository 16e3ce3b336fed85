import { encodeMachineRecording } from '../recordings/machineRecording.ts';
import { done, messageOf, refused } from '../results.ts';
import type { VmCommand } from '../lifecycle/transitions.ts';
import { replaceFile } from '../storage/files.ts';
import type { ThreadProgram } from '../threads/ThreadMachine.ts';
import type { BackTarget, Result, TimeLine, TimeTravelService, VmId, VmSummary } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';

export interface TimeTravelParts {
  /** The machine, if it obeys this command now. */
  find(id: VmId, command: VmCommand | null): Result<VirtualMachine>;
  /** See `SnapshotCommands`: a journey writes a machine's disks. */
  whileNotExported<T>(machine: VirtualMachine, action: () => Promise<Result<T>>): Promise<Result<T>>;
  readProgram(id: VmId): Promise<Result<ThreadProgram | null>>;
}

/** Going back and forth in machines' pasts, by their threads. */
export class TimeTravelCommands implements TimeTravelService {
  readonly #parts: TimeTravelParts;

  constructor(parts: TimeTravelParts) {
    this.#parts = parts;
  }

  async timeLine(id: VmId): Promise<Result<TimeLine | null>> {
    const found = this.#parts.find(id, null);
    if (!found.ok) return found;
    const { worker, views } = found.value;
    // A thread that is still making its machine, or has ended, answers nothing.
    if (worker === undefined || views === undefined || worker.hasEnded) return done(null);
    return found.value.send('timeLine', null);
  }

  async goTo(id: VmId, instructions: number): Promise<Result<VmSummary>> {
    return this.#travel(id, (machine) => machine.send('goTo', instructions));
  }

  async stepBack(id: VmId): Promise<Result<VmSummary>> {
    return this.#travel(id, (machine) => machine.send('stepBack', null));
  }

  async runBack(id: VmId, target: BackTarget): Promise<Result<VmSummary>> {
    return this.#travel(id, async (machine) => {
      if (target.kind === 'breakpoint' && machine.breakpoints.length === 0)
        return refused('wrong-state', `“${machine.stored.name}” has no breakpoint to run back to: set one first.`);
      return machine.runBack(target);
    });
  }

  async saveRecording(id: VmId, file: string): Promise<Result<null>> {
    const found = this.#recorded(id, 'save the recording of');
    if (!found.ok) return found;
    const machine = found.value;
    const run = await machine.send('recordedRun', null);
    if (!run.ok) return run;
    if (run.value === null) {
      const message = `The run of “${machine.stored.name}” cannot be saved: what is known of it does not begin with its power-on. Power it off and start it anew.`;
      return refused('wrong-state', message);
    }
    const program = await this.#parts.readProgram(id);
    if (!program.ok) return program;
    const encoded = await encodeMachineRecording(machine.stored, program.value, run.value);
    if (!encoded.ok) return encoded;
    try {
      await replaceFile(file, encoded.value);
      return done(null);
    } catch (error) {
      return refused('storage-failed', `${file} cannot be written: ${messageOf(error)}.`);
    }
  }

  async #travel(id: VmId, obey: (machine: VirtualMachine) => Promise<Result<null>>): Promise<Result<VmSummary>> {
    const found = this.#recorded(id, 'go back in');
    if (!found.ok) return found;
    const gone = await this.#parts.whileNotExported(found.value, async () => {
      const still = this.#recorded(id, 'go back in');
      return still.ok ? obey(still.value) : still;
    });
    return gone.ok ? done(found.value.summary()) : gone;
  }

  #recorded(id: VmId, command: VmCommand): Result<VirtualMachine> {
    const found = this.#parts.find(id, command);
    if (!found.ok || found.value.stored.clock === 'instructions') return found;
    const message = `“${found.value.stored.name}” runs by the host’s clock, so its run cannot be repeated. Power it off and give it the instruction clock.`;
    return refused('wrong-state', message);
  }
}
