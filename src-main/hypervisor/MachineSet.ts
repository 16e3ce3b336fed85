import type { VmCommand } from './lifecycle/transitions.ts';
import { unknownMachine } from './MachineRegistry.ts';
import { closing, done } from './results.ts';
import type { ThreadCommandName, ThreadCommands } from './threads/protocol.ts';
import type { Result, VmId, VmSummary } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

/** The machines of an open store: finds the one that is meant, if it obeys what it is asked for. */
export class MachineSet implements Iterable<VirtualMachine> {
  readonly #machines = new Map<VmId, VirtualMachine>();
  #isClosed = false;

  [Symbol.iterator](): Iterator<VirtualMachine> {
    return this.#machines.values();
  }

  add(machine: VirtualMachine): void {
    this.#machines.set(machine.id, machine);
  }

  remove(id: VmId): void {
    this.#machines.delete(id);
  }

  /** From now on none is found, and those that are asked for something already refuse it. */
  close(): void {
    this.#isClosed = true;
    for (const machine of this) machine.isClosing = true;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get(id: VmId): VirtualMachine | undefined {
    return this.#machines.get(id);
  }

  /** In the order in which they were made; one that was deleted and brought back is where it was. */
  list(): readonly VmSummary[] {
    return [...this].map((machine) => machine.summary()).toSorted((left, right) => left.createdAt - right.createdAt);
  }

  /** @param command null: whatever the machine is doing */
  find(id: VmId, command: VmCommand | null): Result<VirtualMachine> {
    if (this.#isClosed) return closing();
    const machine = this.#machines.get(id);
    if (machine === undefined) return unknownMachine();
    const allowed = machine.check(command);
    return allowed.ok ? done(machine) : allowed;
  }

  /** Answers with the machine as it is afterwards. */
  async command(
    id: VmId,
    command: VmCommand | null,
    obey: (machine: VirtualMachine) => Promise<Result<unknown>>,
  ): Promise<Result<VmSummary>> {
    const found = this.find(id, command);
    if (!found.ok) return found;
    const result = await obey(found.value);
    return result.ok ? done(found.value.summary()) : result;
  }

  /** Has its thread do something, and answer. */
  async send<Name extends ThreadCommandName>(
    id: VmId,
    command: VmCommand,
    name: Name,
    request: ThreadCommands[Name]['request'],
  ): Promise<Result<ThreadCommands[Name]['reply']>> {
    const found = this.find(id, command);
    return found.ok ? found.value.send(name, request) : found;
  }

  /** Hands it input, which nobody waits for. */
  post<Name extends ThreadCommandName>(id: VmId, name: Name, request: ThreadCommands[Name]['request']): Result<null> {
    const found = this.find(id, 'send input to');
    if (!found.ok) return found;
    found.value.worker?.post(name, request);
    return done(null);
  }
}
