import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import { type AddressSpace, DebugMemory } from './DebugMemory.ts';
import type { ProgramCounter, RegisterContext } from './GdbRegister.ts';
import type { MachineDebugger } from './MachineDebugger.ts';

/** What one debugger looks at, and how. */
export class DebugView implements RegisterContext {
  readonly debug: MachineDebugger;
  readonly memory: DebugMemory;
  /** The vCPU that registers and linear addresses are of. */
  selected = 0;
  space: AddressSpace = 'linear';
  programCounter: ProgramCounter = 'linear';
  /** What gdb was last told that code is made of. */
  describedBits: 16 | 32 | undefined;

  constructor(debug: MachineDebugger) {
    this.debug = debug;
    this.memory = new DebugMemory(debug.debugged);
  }

  get processor(): VirtualProcessor {
    const { processors } = this.debug;
    const processor = processors[this.selected] ?? processors[0];
    if (processor === undefined) throw new Error('a machine has at least one processor');
    return processor;
  }

  readMemory(linearAddress: number, byteLength: number): Uint8Array | undefined {
    const bytes = this.memory.read(this.processor, 'linear', linearAddress, byteLength);
    return bytes.length === byteLength ? bytes : undefined;
  }

  registersChanged(processor: VirtualProcessor): void {
    this.debug.debugged.registersChanged(processor.id);
  }

  /** False when some of the bytes cannot be written; then none is. */
  writeMemory(address: number, bytes: Uint8Array): boolean {
    return this.memory.write(this.processor, this.space, address, bytes);
  }

  /** Threads are numbered from 1. */
  hasThread(thread: number): boolean {
    return thread >= 1 && thread <= this.debug.processors.length;
  }
}
