import type { ImageClaims } from './ImageClaims.ts';
import type { MachineRegistry } from './MachineRegistry.ts';
import { refused } from './results.ts';
import type { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import type { ThreadProgram } from './threads/ThreadMachine.ts';
import type { Result } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

export interface PowerCommandsParts {
  readonly registry: MachineRegistry;
  readonly snapshots: SnapshotCommands;
  readonly claims: ImageClaims;
}

/** A machine's switch and buttons. */
export class PowerCommands {
  readonly #parts: PowerCommandsParts;

  constructor(parts: PowerCommandsParts) {
    this.#parts = parts;
  }

  /** Starts the machine, or lets it go on where it was suspended. */
  switchOn(machine: VirtualMachine, isPaused: boolean): Promise<Result<null>> {
    const { registry, snapshots } = this.#parts;
    return snapshots.switchOn(machine, isPaused ? 'pause' : 'as-taken', async () => {
      const program = await registry.readProgram(machine.id);
      if (!program.ok) return program;
      await snapshots.settled(machine);
      return this.#start(machine, program.value, isPaused);
    });
  }

  #start(machine: VirtualMachine, program: ThreadProgram | null, isPaused: boolean): Promise<Result<null>> {
    const { drives } = machine.stored;
    return this.#parts.claims.whileTaking(machine, drives, async () => {
      // A deletion may have come first meanwhile, or other drives, which nobody was asked about.
      const allowed = machine.check('start');
      if (!allowed.ok) return allowed;
      return machine.stored.drives === drives
        ? machine.start(program, isPaused)
        : this.#start(machine, program, isPaused);
    });
  }

  async reset(machine: VirtualMachine): Promise<Result<null>> {
    const { registry, snapshots } = this.#parts;
    if (!machine.isAnswering) {
      // A new thread is the only one that will obey; what the former wrote to disks is put in order before.
      await machine.powerOff();
      return this.switchOn(machine, false);
    }
    return snapshots.whileNotExported(machine, async () => {
      const program = await registry.readProgram(machine.id);
      if (!program.ok) return program;
      const allowed = machine.check('reset');
      return allowed.ok ? machine.reset(program.value) : allowed;
    });
  }

  /** Asks the guest to shut itself down. */
  async pressButton(machine: VirtualMachine): Promise<Result<unknown>> {
    const isHeard = await machine.send('pressPowerButton', null);
    if (!isHeard.ok || isHeard.value) return isHeard;
    const { name } = machine.stored;
    const message = `“${name}” does not listen to its power button: its system knows no ACPI, or has not started yet. Wait, or power it off.`;
    return refused('wrong-state', message, { text: { id: 'no-power-button', values: { name } } });
  }
}
