import type { CpuState } from '../../engine/state/CpuState.ts';
import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';

/** What `$pc` is: an address that memory is read at, or the offset in CS as the processor keeps it. */
export type ProgramCounter = 'linear' | 'offset';

/** What reading and writing registers takes beside the state. */
export interface RegisterContext {
  readonly programCounter: ProgramCounter;
  /** Bytes at a linear address, as the processor's tables map it; undefined where there are none. */
  readMemory(linearAddress: number, byteLength: number): Uint8Array | undefined;
  /** Registers of a processor were written. */
  registersChanged(processor: VirtualProcessor): void;
}

/** A register as gdb knows it. */
export interface GdbRegister {
  readonly name: string;
  readonly bits: 16 | 32 | 80 | 128;
  /** gdb's name of its type, or of one that the target description declares. */
  readonly type: string;
  /** Where `info registers` lists it; gdb knows by itself where the rest belongs. */
  readonly group?: 'float' | 'vector' | 'system';
  read(cpu: CpuState, context: RegisterContext): bigint;
  /** Returns false when the processor cannot take the value. */
  write(cpu: CpuState, value: bigint, context: RegisterContext): boolean;
}

export function registerBytes({ bits }: GdbRegister): number {
  return bits / 8;
}

/** Little endian, as gdb expects it of an x86. */
export function registerToHex(register: GdbRegister, cpu: CpuState, context: RegisterContext): string {
  const digits = BigInt.asUintN(register.bits, register.read(cpu, context)).toString(16);
  return Buffer.from(digits.padStart(register.bits / 4, '0'), 'hex')
    .reverse()
    .toString('hex');
}

/** Writes a register of a stopped processor; false when it cannot take the value. */
export function registerFromHex(
  register: GdbRegister,
  processor: VirtualProcessor,
  hex: string,
  context: RegisterContext,
): boolean {
  if (hex.length !== register.bits / 4 || !/^[0-9a-f]*$/i.test(hex)) return false;
  const value = BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);
  if (value === BigInt.asUintN(register.bits, register.read(processor.state, context))) return true;
  if (!register.write(processor.state, value, context)) return false;
  context.registersChanged(processor);
  return true;
}
