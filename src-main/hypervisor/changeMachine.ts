import type { MachineInput } from '../machine/MachineInput.ts';
import { applyInput } from '../machine/replay/applyInput.ts';
import { writeRegister } from './registerAccess.ts';
import { REGISTER_NAMES } from './registers.ts';
import type { TranslatedMachine } from './TranslatedMachine.ts';

const PAGE_BYTES = 0x1000;

type RegisterChange = Omit<Extract<MachineInput, { kind: 'register' }>, 'kind'>;
type MemoryChange = Omit<Extract<MachineInput, { kind: 'memory' }>, 'kind'>;
type ProcessorChange = Omit<Extract<MachineInput, { kind: 'processor' }>, 'kind'>;

/** Somebody changes a register of a stopped machine: an input like a key. Throws a RangeError when there is none. */
export function changeRegister({ machine, processors }: TranslatedMachine, change: RegisterChange): void {
  const processor = processorOf(processors, change.vcpu);
  const name = REGISTER_NAMES.find((each) => each === change.name);
  if (name === undefined) throw new RangeError(`There is no register ${change.name}.`);
  machine.inputs.note({ kind: 'register', ...change });
  writeRegister(processor.state, name, change.value);
  processor.stateChanged();
}

/** The same of physical memory, as the guest sees it. Throws a RangeError where there is none. */
export function changeMemory({ machine, memory, processors }: TranslatedMachine, change: MemoryChange): void {
  const { physicalAddress, bytes } = change;
  const pieces: { readonly physical: number; readonly host: number; readonly length: number }[] = [];
  for (let done = 0; done < bytes.length;) {
    const physical = physicalAddress + done;
    const length = Math.min(bytes.length - done, PAGE_BYTES - (physical % PAGE_BYTES));
    // What lies beneath ROM and devices is there, and waits for the guest to uncover it.
    const host = memory.isWritable(physical) ? memory.host(physical) : memory.layout.ramBase + physical;
    if (!memory.isWritable(physical) && physical + length > memory.ramBytes)
      throw new RangeError(`The machine’s memory ends at ${memory.ramBytes.toString(16)}h.`);
    pieces.push({ physical, host, length });
    done += length;
  }
  machine.inputs.note({ kind: 'memory', physicalAddress, bytes });
  for (const { physical, host, length } of pieces) {
    const offset = physical - physicalAddress;
    memory.bytes.set(bytes.subarray(offset, offset + length), host);
    memory.markDirty(host);
  }
  for (const processor of processors) processor.invalidatePhysical(physicalAddress, bytes.length);
}

/** Makes a stopped vCPU another. Throws a RangeError when there is none, or the state is none of a processor. */
export function changeProcessor({ machine, processors }: TranslatedMachine, change: ProcessorChange): void {
  const processor = processorOf(processors, change.vcpu);
  machine.inputs.note({ kind: 'processor', ...change });
  // Whoever comes this way again gets it so, and forgets the same of memory.
  processor.restore(change.state);
}

/** A non-maskable interrupt, before the next instruction. Throws a RangeError when there is no such vCPU. */
export function requestNmi({ machine, processors }: TranslatedMachine, vcpu: number): void {
  const processor = processorOf(processors, vcpu);
  machine.inputs.note({ kind: 'nmi', vcpu });
  processor.requestNmi();
}

function processorOf(
  processors: TranslatedMachine['processors'],
  vcpu: number,
): TranslatedMachine['processors'][number] {
  const processor = processors[vcpu];
  if (processor === undefined) throw new RangeError(`There is no vCPU ${vcpu}.`);
  return processor;
}

/**
 * Gives any input that was observed to a machine at the same position. Throws a RangeError when the machine has no such
 * place, as one that is read from a file may say.
 */
export function applyRecordedInput(parts: TranslatedMachine, input: MachineInput): void {
  switch (input.kind) {
    case 'register':
      changeRegister(parts, input);
      return;
    case 'memory':
      changeMemory(parts, input);
      return;
    case 'processor':
      changeProcessor(parts, input);
      return;
    case 'nmi':
      requestNmi(parts, input.vcpu);
      return;
    default:
      applyInput(parts.machine, input);
  }
}
