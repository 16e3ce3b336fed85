import { readHex, writeHex } from '../../ProcessorState.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { RAX, RCX, RDX, STATE } from '../../state/layout.ts';
import { CR4 } from './controlBits.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { MODEL_SPECIFIC_REGISTERS, MSR, type ModelSpecificRegister } from './msrTable.ts';
import { requireSupervisor } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

interface StoredRegister extends ModelSpecificRegister {
  /** Byte offset of its 64-bit slot in the state. */
  readonly slot: number;
}

const registersByAddress: ReadonlyMap<number, StoredRegister> = new Map(
  MODEL_SPECIFIC_REGISTERS.map((register, index) => [register.address, { ...register, slot: STATE.msr + index * 8 }]),
);

const TWO_TO_32 = 0x1_0000_0000;

/** All registers as hexadecimal text: address, value. */
export function saveModelSpecificRegisters(state: CpuState): [address: string, value: string][] {
  return [...registersByAddress.values()].map(({ address, slot }) => [
    address.toString(16).padStart(8, '0'),
    readHex(state.bytes, slot, 8),
  ]);
}

/** Takes back what was saved. Registers that this processor does not have are left out. */
export function restoreModelSpecificRegisters(state: CpuState, saved: readonly (readonly [string, string])[]): void {
  for (const [address, value] of saved) {
    const register = registersByAddress.get(parseInt(address, 16));
    if (register) writeHex(state.bytes, register.slot, value);
  }
}

/** RDTSC (SDM vol. 2B): above level 0 only while CR4.TSD is clear. */
export function readTimestamp(c: SystemContext): void {
  const { state } = c;
  if (state.cpl !== 0 && (state.controlRegister(4) & CR4.TSD) !== 0) throw new GuestFault(VECTOR.GP, 0);
  c.count('rdtsc');
  answerTimestamp(c);
}

/** RDMSR (SDM vol. 2B): #GP(0) for a register that does not exist. */
export function readMsr(c: SystemContext): void {
  requireSupervisor(c);
  c.count('msr');
  const { state } = c;
  const register = existing(c, state.register(RCX));
  if (register.address === MSR.TSC) {
    answerTimestamp(c);
    return;
  }
  answer(state, state.getInt(register.slot), state.getInt(register.slot + 4));
}

/** WRMSR (SDM vol. 2B): #GP(0) also for reserved bits and for values that the register refuses. */
export function writeMsr(c: SystemContext): void {
  requireSupervisor(c);
  c.count('msr');
  const { state } = c;
  const register = existing(c, state.register(RCX));
  const low = state.register(RAX);
  const high = state.register(RDX);
  if ((low & ~register.writableLow) !== 0 || (high & ~register.writableHigh) !== 0) {
    throw new GuestFault(VECTOR.GP, 0);
  }
  if (register.accepts !== undefined && !register.accepts(low, high)) throw new GuestFault(VECTOR.GP, 0);
  if (register.address === MSR.TSC) {
    writeTimestamp(c, register.slot, low, high);
    return;
  }
  if (register.isWriteIgnored === true) return;
  state.setInt(register.slot, low);
  state.setInt(register.slot + 4, high);
  if (register.address === MSR.APIC_BASE) c.apicBaseChanged?.(low, high);
  // Page tables are read in another way now.
  if (register.address === MSR.EFER) c.flushTlb('all');
}

/** RDPMC (SDM vol. 2B): two counters, of which none counts. */
export function readPerformanceCounter(c: SystemContext): void {
  const { state } = c;
  if (state.cpl !== 0 && (state.controlRegister(4) & CR4.PCE) === 0) throw new GuestFault(VECTOR.GP, 0);
  if (state.register(RCX) > 1) throw new GuestFault(VECTOR.GP, 0);
  c.count('msr');
  answer(state, 0, 0);
}

/** Low half of a register that has no side effects, for other helpers. */
export function readMsrLow(c: SystemContext, address: number): number {
  const register = registersByAddress.get(address);
  return register === undefined ? 0 : c.state.getUint(register.slot);
}

/** The same of the high half. */
export function readMsrHigh(c: SystemContext, address: number): number {
  const register = registersByAddress.get(address);
  return register === undefined ? 0 : c.state.getUint(register.slot + 4);
}

/** Power-on values. */
export function resetModelSpecificRegisters(state: CpuState): void {
  for (const address of registersByAddress.keys()) resetModelSpecificRegister(state, address);
}

/** The power-on value of one of them. */
export function resetModelSpecificRegister(state: CpuState, address: number): void {
  const register = registersByAddress.get(address);
  if (register === undefined) return;
  state.setInt(register.slot, register.resetLow);
  state.setInt(register.slot + 4, register.resetHigh);
}

function existing(c: SystemContext, address: number): StoredRegister {
  const register = registersByAddress.get(address);
  const isThere = register !== undefined && (register.feature === '' || c.features.has(register.feature));
  if (!isThere) throw new GuestFault(VECTOR.GP, 0);
  return register;
}

function answer(state: CpuState, low: number, high: number): void {
  state.setRegister(RAX, low);
  state.setRegister(RDX, high);
}

/** The TSC's slot holds what is added, modulo 2^64, to the clock; so that a write needs no timer. */
function answerTimestamp(c: SystemContext): void {
  const { state } = c;
  const now = c.clock.timestamp(c.retiredInstructions());
  const slot = STATE.msr + TSC_INDEX * 8;
  const low = state.getUint(slot) + (now % TWO_TO_32);
  const carry = low >= TWO_TO_32 ? 1 : 0;
  answer(state, low | 0, (state.getInt(slot + 4) + Math.floor(now / TWO_TO_32) + carry) | 0);
}

function writeTimestamp(c: SystemContext, slot: number, low: number, high: number): void {
  const now = c.clock.timestamp(c.retiredInstructions());
  const difference = (low >>> 0) - (now % TWO_TO_32);
  const borrow = difference < 0 ? 1 : 0;
  c.state.setInt(slot, difference | 0);
  c.state.setInt(slot + 4, ((high >>> 0) - Math.floor(now / TWO_TO_32) - borrow) | 0);
}

const TSC_INDEX = MODEL_SPECIFIC_REGISTERS.findIndex(({ address }) => address === MSR.TSC);
