import { describe, expect, test } from 'vitest';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { operandShape, widthOf } from '../../../src-main/engine/isa/OperandCode.ts';
import { CR0, CR4 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { DS, RDI, RSP, STATE } from '../../../src-main/engine/state/layout.ts';
import { encodeRow } from '../../support/engine/encodeRow.ts';
import { AT, startCode, type ModeName } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const FEATURES = ['mmx', 'sse', 'sse2', 'sse3', 'ssse3', 'clfsh'];
const machine = createTestMachine();
const { state, processor } = machine;
const GP = 13,
  PF = 14;
/** The last byte that DS holds where it is limited; the page behind it is not there where pages are. */
const LAST = 0x1_1fff;
const STACK = 0x1_8000;
const ABSENT = LAST + 1;

/** What accesses memory, but for FISTTP, which is the x87's: MASKMOV names none, but has EDI point to it. */
const rows = encodings.filter(
  (row) =>
    FEATURES.includes(row.feature) &&
    row.semantics !== 'nop' &&
    !row.semantics.startsWith('f') &&
    !row.decodeOnly &&
    (row.modrm !== 'register' || row.mnemonic.startsWith('maskmov')) &&
    row.operands.length > 0 &&
    !row.operands.some((code) => /^[NU]/.test(code) && !row.mnemonic.startsWith('maskmov')),
);

/** Bytes of the operand in memory. */
function memoryBytes(row: Encoding): number {
  const shape = row.operands.map(operandShape).find(({ place }) => place === 'rm');
  if (row.mnemonic === 'maskmovq') return 8;
  if (row.mnemonic === 'maskmovdqu') return 16;
  return Math.max(1, widthOf(shape?.memoryType ?? 'b', 32) / 8);
}

/** Everything that an instruction may change. */
function image(): string {
  const registers = Array.from({ length: 8 }, (_, index) => state.register(index));
  const vectors = state.bytes.subarray(STATE.x87, STATE.msr);
  return [...registers, state.eflags, ...vectors, ...machine.ram.subarray(LAST - 0x40, LAST + 0x40)].join();
}

/** One instruction with an operand at [address], in a register for the string's sake: reg is 1 throughout. */
function start(row: Encoding, address: number, mode: ModeName): void {
  startCode(machine, mode, []);
  const displacement = [0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff);
  const bytes = encodeRow(row, {
    codeSize: 32,
    operandSize: 32,
    addressSize: 32,
    mod: 0,
    reg: 1,
    rm: 5,
    sib: 0,
    nextByte: () => displacement.shift() ?? 1,
  });
  machine.load(AT.code, bytes);
  for (let at = LAST - 0x40; at < LAST + 0x40; at++) machine.ram[at] = at * 7;
  for (let at = STATE.x87; at < STATE.x87Control; at++) state.bytes[at] = at % 16 < 10 ? at * 5 : 0;
  // All bytes have their highest bits set: masks select everything.
  for (let at = STATE.xmm; at < STATE.msr; at++) state.bytes[at] = 0x80 | at;
  state.bytes.fill(0x81, STATE.x87 + 5 * 16, STATE.x87 + 5 * 16 + 8);
  state.setInt(STATE.x87Top, 3);
  state.setInt(STATE.x87Valid, 0x5a);
  state.setRegister(RDI, address);
  state.setRegister(RSP, STACK);
  state.setControlRegister(4, CR4.OSFXSR | CR4.OSXMMEXCPT);
  processor.stateChanged();
}

/** Executes it; the vector that it raises, with registers as they were before the exception was delivered. */
function step(): number {
  const esp = state.register(RSP);
  const eflags = state.eflags;
  processor.step();
  state.setRegister(RSP, esp);
  state.eflags = eflags;
  return (state.eip - AT.handlers) / 16;
}

/** Identity mapping but for one page. */
function enablePaging(): void {
  const DIRECTORY = 0x10_0000,
    TABLE = 0x10_1000;
  machine.write32(DIRECTORY, TABLE | 7);
  for (let page = 0; page < 0x200; page++) {
    machine.write32(TABLE + 4 * page, page === ABSENT >> 12 ? 0 : (page << 12) | 7);
  }
  state.setControlRegister(3, DIRECTORY);
  state.setControlRegister(0, (state.controlRegister(0) | CR0.PG) >>> 0);
  processor.stateChanged();
}

describe.each(rows.map((row) => ({ name: row.name, row })))('$name', ({ row }) => {
  test('beyond the limit of DS raises #GP(0) with nothing changed', () => {
    start(row, ABSENT - memoryBytes(row) + 1, 'flat32');
    state.setSegment(DS, { ...state.segment(DS), limit: LAST });
    processor.stateChanged();
    const before = image();
    expect(step()).toBe(GP);
    expect(image()).toBe(before);
  });

  test('in a page that is not there raises #PF with nothing changed', () => {
    start(row, ABSENT, 'flat32');
    enablePaging();
    const before = image();
    expect(step()).toBe(PF);
    expect(state.controlRegister(2)).toBe(ABSENT);
    expect(image()).toBe(before);
  });

  test.runIf(memoryBytes(row) > 1)('across the end of a page raises what its alignment or the page asks for', () => {
    start(row, ABSENT - 1, 'flat32');
    enablePaging();
    const before = image();
    const vector = step();
    expect([GP, PF]).toContain(vector);
    if (vector === PF) expect(state.controlRegister(2)).toBe(ABSENT);
    expect(image()).toBe(before);
  });
});
