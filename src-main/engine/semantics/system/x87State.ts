import type { CpuState } from '../../state/CpuState.ts';
import { STATE, X87_SLOT } from '../../state/layout.ts';
import { isProtected, isVirtual8086 } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

const REGISTERS = 8;
const STATUS = { top: 0x3800, topShift: 11, exceptions: 0x3f, errorSummary: 0x8080 } as const;
const CONTROL = { kept: 0x1f3f, one: 0x40, initial: 0x37f, maskAll: 0x3f } as const;
/** Two bits a register in a full tag word (SDM vol. 1, 8.1.7). */
const TAG = { valid: 0, zero: 1, special: 2, empty: 3 } as const;

/** Power-on and FNINIT differ in the control word; both leave all registers empty (SDM vol. 3A, table 10-1). */
export function resetX87(state: CpuState, controlWord: number = CONTROL.initial): void {
  state.setInt(STATE.x87Control, controlWord);
  for (const field of [STATE.x87Status, STATE.x87Top, STATE.x87Valid, ...POINTERS]) state.setInt(field, 0);
}

const POINTERS = [
  STATE.x87InstructionOffset,
  STATE.x87InstructionSelector,
  STATE.x87DataOffset,
  STATE.x87DataSelector,
  STATE.x87Opcode,
] as const;

function statusWord(state: CpuState): number {
  return state.getInt(STATE.x87Status) | (state.getInt(STATE.x87Top) << STATUS.topShift);
}

/** Loads control and status word; ES and B follow from what is unmasked. */
function setWords(state: CpuState, control: number, status: number): void {
  const word = (control & CONTROL.kept) | CONTROL.one;
  state.setInt(STATE.x87Control, word);
  state.setInt(STATE.x87Top, (status & STATUS.top) >> STATUS.topShift);
  const rest = status & 0xffff & ~(STATUS.top | STATUS.errorSummary);
  const isPending = (rest & ~word & STATUS.exceptions) !== 0;
  state.setInt(STATE.x87Status, rest | (isPending ? STATUS.errorSummary : 0));
}

function slotOf(number: number): number {
  return STATE.x87 + (number & 7) * X87_SLOT.size;
}

function tagOf(state: CpuState, number: number): number {
  if (((state.getInt(STATE.x87Valid) >> number) & 1) === 0) return TAG.empty;
  const slot = slotOf(number);
  const low = state.getUint(slot),
    high = state.getUint(slot + 4);
  const exponent = state.getInt(slot + X87_SLOT.signExponent) & 0x7fff;
  if (exponent === 0 && low === 0 && high === 0) return TAG.zero;
  return exponent === 0 || exponent === 0x7fff || high < 0x8000_0000 ? TAG.special : TAG.valid;
}

/** Full tag word: register 7 in the highest bits. */
export function tagWord(state: CpuState): number {
  let word = 0;
  for (let number = 0; number < REGISTERS; number++) word |= tagOf(state, number) << (2 * number);
  return word;
}

function setTagWord(state: CpuState, word: number): void {
  let valid = 0;
  for (let number = 0; number < REGISTERS; number++) {
    if (((word >> (2 * number)) & 3) !== TAG.empty) valid |= 1 << number;
  }
  state.setInt(STATE.x87Valid, valid);
}

/** Real and virtual-8086 mode have a format of their own, with linear addresses. */
function usesSelectors({ state }: SystemContext): boolean {
  return isProtected(state) && !isVirtual8086(state);
}

/** FNSTENV (SDM vol. 1, figures 8-9 to 8-12): 14 or 28 bytes; then masks all exceptions. */
export function storeX87Environment(c: SystemContext, address: number, size: number): void {
  writeEnvironment(c, address, size === 14 ? 2 : 4);
  c.state.setInt(STATE.x87Control, c.state.getInt(STATE.x87Control) | CONTROL.maskAll);
}

/** @param bytes of a field: 2 or 4 */
function writeEnvironment(c: SystemContext, address: number, bytes: 2 | 4): void {
  const { state, memory } = c;
  const isWide = bytes === 4;
  const write = (index: number, value: number): void => {
    const at = (address + index * bytes) >>> 0;
    if (isWide) memory.write32(at, value, 'current');
    else memory.write16(at, value & 0xffff, 'current');
  };
  // The reserved upper halves come out as ones.
  const ones = 0xffff_0000 | 0;
  write(0, state.getInt(STATE.x87Control) | ones);
  write(1, statusWord(state) | ones);
  write(2, tagWord(state) | ones);
  const opcode = state.getInt(STATE.x87Opcode) & 0x7ff;
  if (usesSelectors(c)) {
    write(3, state.getInt(STATE.x87InstructionOffset));
    write(4, state.getInt(STATE.x87InstructionSelector) | (opcode << 16));
    write(5, state.getInt(STATE.x87DataOffset));
    write(6, state.getInt(STATE.x87DataSelector) | ones);
    return;
  }
  const instruction = linearPointer(state, STATE.x87InstructionOffset);
  const data = linearPointer(state, STATE.x87DataOffset);
  if (isWide) {
    write(3, (instruction & 0xffff) | ones);
    write(4, ((instruction >>> 16) << 12) | opcode);
    write(5, (data & 0xffff) | ones);
    write(6, (data >>> 16) << 12);
  } else {
    write(3, instruction);
    write(4, ((instruction >>> 4) & 0xf000) | opcode);
    write(5, data);
    write(6, (data >>> 4) & 0xf000);
  }
}

function linearPointer(state: CpuState, offset: number): number {
  return (state.getInt(offset) + (state.getInt(offset + 4) << 4)) >>> 0;
}

/** FLDENV. */
export function loadX87Environment(c: SystemContext, address: number, size: number): void {
  const { state, memory } = c;
  const isWide = size === 28 || size === 108;
  const words = Array.from({ length: 7 }, (_, index) =>
    isWide
      ? memory.read32((address + 4 * index) >>> 0, 'current')
      : memory.read16((address + 2 * index) >>> 0, 'current'),
  );
  setWords(state, words[0], words[1]);
  setTagWord(state, words[2]);
  if (usesSelectors(c)) {
    state.setInt(STATE.x87InstructionOffset, words[3]);
    state.setInt(STATE.x87InstructionSelector, words[4] & 0xffff);
    state.setInt(STATE.x87Opcode, isWide ? (words[4] >>> 16) & 0x7ff : 0);
    state.setInt(STATE.x87DataOffset, words[5]);
    state.setInt(STATE.x87DataSelector, words[6] & 0xffff);
    return;
  }
  const upper = (word: number): number => (isWide ? ((word >>> 12) & 0xffff) << 16 : (word & 0xf000) << 4);
  state.setInt(STATE.x87InstructionOffset, (words[3] & 0xffff) | upper(words[4]));
  state.setInt(STATE.x87InstructionSelector, 0);
  state.setInt(STATE.x87Opcode, words[4] & 0x7ff);
  state.setInt(STATE.x87DataOffset, (words[5] & 0xffff) | upper(words[6]));
  state.setInt(STATE.x87DataSelector, 0);
}

/** FNSAVE: the environment, the registers from ST(0) on, ten bytes each; then FNINIT. */
export function storeX87State(c: SystemContext, address: number, size: number): void {
  const environment = size === 94 ? 14 : 28;
  writeEnvironment(c, address, size === 94 ? 2 : 4);
  for (let place = 0; place < REGISTERS; place++) writeRegister(c, place, address + environment + 10 * place);
  resetX87(c.state);
}

/** FRSTOR. */
export function loadX87State(c: SystemContext, address: number, size: number): void {
  loadX87Environment(c, address, size);
  const environment = size === 94 ? 14 : 28;
  for (let place = 0; place < REGISTERS; place++) readRegister(c, place, address + environment + 10 * place);
}

/** By words: in FNSAVE's image every other register is aligned to no more, which #AC does not mind. */
function writeRegister({ state, memory }: SystemContext, place: number, address: number): void {
  const slot = slotOf(state.getInt(STATE.x87Top) + place);
  for (const at of [0, 4]) {
    const dword = state.getInt(slot + at);
    memory.write16((address + at) >>> 0, dword & 0xffff, 'current');
    memory.write16((address + at + 2) >>> 0, dword >>> 16, 'current');
  }
  memory.write16((address + 8) >>> 0, state.getInt(slot + 8) & 0xffff, 'current');
}

function readRegister({ state, memory }: SystemContext, place: number, address: number): void {
  const slot = slotOf(state.getInt(STATE.x87Top) + place);
  const read = (at: number): number => memory.read16((address + at) >>> 0, 'current');
  for (const at of [0, 4]) state.setInt(slot + at, read(at) | (read(at + 2) << 16));
  state.setInt(slot + 8, read(8));
}

/** The x87's part of FXSAVE: bytes 0 to 23 and 32 to 159 (SDM vol. 1, table 10-2). */
export function storeX87Extended(c: SystemContext, address: number): void {
  const { state, memory } = c;
  const write = (at: number, value: number): void => memory.write32((address + at) >>> 0, value, 'current');
  write(0, state.getInt(STATE.x87Control) | (statusWord(state) << 16));
  write(4, state.getInt(STATE.x87Valid) | (state.getInt(STATE.x87Opcode) << 16));
  write(8, state.getInt(STATE.x87InstructionOffset));
  write(12, state.getInt(STATE.x87InstructionSelector));
  write(16, state.getInt(STATE.x87DataOffset));
  write(20, state.getInt(STATE.x87DataSelector));
  for (let place = 0; place < REGISTERS; place++) {
    const at = 32 + 16 * place;
    writeRegister(c, place, address + at);
    memory.write16((address + at + 10) >>> 0, 0, 'current');
    write(at + 12, 0);
  }
}

/** The x87's part of FXRSTOR. */
export function loadX87Extended(c: SystemContext, address: number): void {
  const { state, memory } = c;
  const read = (at: number): number => memory.read32((address + at) >>> 0, 'current');
  const words = read(0);
  setWords(state, words & 0xffff, words >>> 16);
  const tags = read(4);
  state.setInt(STATE.x87Valid, tags & 0xff);
  state.setInt(STATE.x87Opcode, (tags >>> 16) & 0x7ff);
  state.setInt(STATE.x87InstructionOffset, read(8));
  state.setInt(STATE.x87InstructionSelector, read(12) & 0xffff);
  state.setInt(STATE.x87DataOffset, read(16));
  state.setInt(STATE.x87DataSelector, read(20) & 0xffff);
  for (let place = 0; place < REGISTERS; place++) readRegister(c, place, address + 32 + 16 * place);
}

/** An unmasked exception while CR0.NE is clear: FERR#, which a PC wires to IRQ 13. */
export function coprocessorError(c: SystemContext): void {
  c.coprocessorError?.();
}
