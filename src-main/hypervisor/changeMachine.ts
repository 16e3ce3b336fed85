import { PAGE_FLAG } from '../engine/state/layout.ts';
import type { MachineInput } from '../machine/MachineInput.ts';
import { applyInput } from '../machine/replay/applyInput.ts';
import { writeRegister } from './registerAccess.ts';
import { REGISTER_NAMES } from './registers.ts';
import type { TranslatedMachine } from './TranslatedMachine.ts';

const PAGE_BYTES = 0x1000;

type RegisterChange = Omit<Extract<MachineInput, { kind: 'register' }>, 'kind'>;
type MemoryChange = Omit<Extract<MachineInput, { kind: 'memory' }>, 'kind'>;

/** Somebody changes a register of a stopped machine: an input like a key. Throws a RangeError when there is none. */
export function changeRegister({ machine, processors }: TranslatedMachine, change: RegisterChange): void {
  const processor = processors[change.vcpu];
  const name = REGISTER_NAMES.find((each) => each === change.name);
  if (processor === undefined) throw new RangeError(`There is no vCPU ${change.vcpu}.`);
  if (name === undefined) throw new RangeError(`There is no register ${change.name}.`);
  machine.inputs.note({ kind: 'register', ...change });
  writeRegister(processor.state, name, change.value);
  processor.stateChanged();
}

/** The same of physical memory. Throws a RangeError beyond its end. */
export function changeMemory({ machine, memory, processors }: TranslatedMachine, change: MemoryChange): void {
  const { physicalAddress, bytes } = change;
  if (physicalAddress + bytes.length > memory.ramBytes)
    throw new RangeError(`The machine’s memory ends at ${memory.ramBytes.toString(16)}h.`);
  machine.inputs.note({ kind: 'memory', physicalAddress, bytes });
  memory.ram(physicalAddress, bytes.length).set(bytes);
  for (let page = physicalAddress & -PAGE_BYTES; page < physicalAddress + bytes.length; page += PAGE_BYTES)
    memory.setFlags(page, PAGE_FLAG.dirty);
  for (const processor of processors) processor.invalidatePhysical(physicalAddress, bytes.length);
}

/**
 * Gives any input that was observed to a machine at the same position. Throws a RangeError when the machine has no such
 * place, as one that is read from a file may say.
 */
export function applyRecordedInput(parts: TranslatedMachine, input: MachineInput): void {
  if (input.kind === 'register') changeRegister(parts, input);
  else if (input.kind === 'memory') changeMemory(parts, input);
  else applyInput(parts.machine, input);
}
