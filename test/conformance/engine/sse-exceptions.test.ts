import { describe, expect, test } from 'vitest';
import { CR4 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { STATE, xmmOffset } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine();
const { state, ram } = machine;
const UD = 6,
  GP = 13,
  XM = 19;
/** Where operands lie. */
const DATA = 0x1_0000;
const DEFAULT_MXCSR = 0x1f80;
const INVALID = 1,
  DENORMAL = 2,
  ZERO_DIVIDE = 4,
  PRECISION = 0x20;

/** Executes one instruction; returns the vector of the exception that it raised, -1 for none. */
function step(): number {
  machine.processor.step();
  const vector = (state.eip - AT.handlers) / 16;
  return Number.isInteger(vector) && vector >= 0 && vector < 256 ? vector : -1;
}

function start(text: string, cr4: number = CR4.OSFXSR | CR4.OSXMMEXCPT): void {
  startCode(machine, 'flat32', text);
  state.setControlRegister(4, cr4);
  state.setInt(STATE.mxcsr, DEFAULT_MXCSR);
  machine.processor.stateChanged();
}

function setSingles(register: number, ...numbers: readonly number[]): void {
  state.bytes.set(new Uint8Array(Float32Array.from(numbers).buffer), xmmOffset(register));
}

function singles(register: number): number[] {
  return [...new Float32Array(state.bytes.slice(xmmOffset(register), xmmOffset(register) + 16).buffer)];
}

/** MXCSR with an exception unmasked. */
function unmasking(...exceptions: readonly number[]): number {
  return exceptions.reduce((word, one) => word & ~(one << 7), DEFAULT_MXCSR);
}

describe('an unmasked exception', () => {
  test.each([
    { cr4: CR4.OSFXSR | CR4.OSXMMEXCPT, vector: XM },
    { cr4: CR4.OSFXSR, vector: UD },
  ])('ends in vector $vector with CR4 $cr4, and leaves nothing but its flag', ({ cr4, vector }) => {
    start('divps xmm0,xmm1', cr4);
    setSingles(0, 1, 2, 3, 4);
    setSingles(1, 3, 0, 3, 3);
    state.setInt(STATE.mxcsr, unmasking(ZERO_DIVIDE));
    expect(step()).toBe(vector);
    expect(singles(0)).toEqual([1, 2, 3, 4]);
    // That 1/3 is inexact is not found out any more.
    expect(state.getInt(STATE.mxcsr)).toBe(unmasking(ZERO_DIVIDE) | ZERO_DIVIDE);
  });

  test('of a result is raised with all that was found', () => {
    start('addps xmm0,xmm1');
    setSingles(0, 1, 2 ** -140, NaN, 4);
    setSingles(1, 2 ** -30, 1, 3, 3);
    state.setInt(STATE.mxcsr, unmasking(PRECISION));
    expect(step()).toBe(XM);
    expect(state.getInt(STATE.mxcsr)).toBe(unmasking(PRECISION) | PRECISION | DENORMAL);
  });

  test('comes after a fault of the memory operand', () => {
    start('divps xmm0,[10004h]');
    state.setInt(STATE.mxcsr, unmasking(INVALID, ZERO_DIVIDE));
    expect(step()).toBe(GP);
    expect(state.getInt(STATE.mxcsr)).toBe(unmasking(INVALID, ZERO_DIVIDE));
  });

  test('is not raised for a flag that was set before', () => {
    start('ldmxcsr [10000h]\naddps xmm0,xmm1');
    machine.write32(DATA, 0x3f);
    setSingles(0, 1, 1, 1, 1);
    setSingles(1, 1, 1, 1, 1);
    expect([step(), step()]).toEqual([-1, -1]);
    expect(singles(0)).toEqual([2, 2, 2, 2]);
  });
});

describe('MXCSR', () => {
  test('takes all of its sixteen bits', () => {
    start('ldmxcsr [10000h]\nstmxcsr [10004h]');
    machine.write32(DATA, 0xffff);
    expect([step(), step()]).toEqual([-1, -1]);
    expect(machine.read32(DATA + 4)).toBe(0xffff);
  });

  test.each([16, 17, 31])('takes no bit %i', (bit) => {
    start('ldmxcsr [10000h]');
    machine.write32(DATA, (DEFAULT_MXCSR | (1 << bit)) >>> 0);
    expect(step()).toBe(GP);
    expect(state.getInt(STATE.mxcsr)).toBe(DEFAULT_MXCSR);
  });
});

/** Offsets in the image of FXSAVE. */
const IMAGE = { control: 0, mxcsr: 24, mask: 28, xmm: 160, behind: 288, end: 512 } as const;

describe('FXSAVE', () => {
  function startSaving(text: string, cr4?: number): void {
    start(text, cr4);
    ram.fill(0xee, DATA, DATA + IMAGE.end);
  }

  test('stores MXCSR, the bits that it has, and the registers, and leaves what is behind', () => {
    startSaving('fxsave [10000h]');
    for (let register = 0; register < 8; register++) setSingles(register, register, 1, 2, 3);
    state.setInt(STATE.mxcsr, 0x9fc0);
    expect(step()).toBe(-1);
    expect([machine.read32(DATA + IMAGE.mxcsr), machine.read32(DATA + IMAGE.mask)]).toEqual([0x9fc0, 0xffff]);
    const stored = new Float32Array(ram.slice(DATA + IMAGE.xmm, DATA + IMAGE.behind).buffer);
    expect([...stored]).toEqual(Array.from({ length: 8 }, (_, register) => [register, 1, 2, 3]).flat());
    expect(ram.subarray(DATA + IMAGE.behind, DATA + IMAGE.end).every((byte) => byte === 0xee)).toBe(true);
  });

  test('leaves them out while the system has not said that it knows them', () => {
    startSaving('fxsave [10000h]', 0);
    expect(step()).toBe(-1);
    expect(machine.read32(DATA + IMAGE.mxcsr)).toBe(0xeeee_eeee);
    expect(ram.subarray(DATA + IMAGE.xmm, DATA + IMAGE.end).every((byte) => byte === 0xee)).toBe(true);
  });

  test('wants a boundary of 16 bytes', () => {
    startSaving('fxsave [10008h]');
    expect(step()).toBe(GP);
    expect(ram.subarray(DATA, DATA + IMAGE.end).every((byte) => byte === 0xee)).toBe(true);
  });
});

describe('FXRSTOR', () => {
  function startLoading(cr4?: number): void {
    start('fxrstor [10000h]', cr4);
    machine.write32(DATA + IMAGE.control, 0x27f);
    machine.write32(DATA + IMAGE.mxcsr, 0x7f80);
    ram.set(new Uint8Array(Float32Array.of(5, 6, 7, 8).buffer), DATA + IMAGE.xmm + 7 * 16);
  }

  test('loads MXCSR and the registers', () => {
    startLoading();
    expect(step()).toBe(-1);
    expect(state.getInt(STATE.mxcsr)).toBe(0x7f80);
    expect(singles(7)).toEqual([5, 6, 7, 8]);
  });

  test('leaves them while the system has not said that it knows them', () => {
    startLoading(0);
    setSingles(7, 1, 2, 3, 4);
    machine.write32(DATA + IMAGE.mxcsr, -1 >>> 0);
    expect(step()).toBe(-1);
    expect([state.getInt(STATE.mxcsr), state.x87ControlWord]).toEqual([DEFAULT_MXCSR, 0x27f]);
    expect(singles(7)).toEqual([1, 2, 3, 4]);
  });

  test('loads nothing when MXCSR has a bit that does not exist', () => {
    startLoading();
    setSingles(7, 1, 2, 3, 4);
    state.setInt(STATE.x87Control, 0x37f);
    machine.write32(DATA + IMAGE.mxcsr, 0x1_1f80);
    expect(step()).toBe(GP);
    expect([state.getInt(STATE.mxcsr), state.x87ControlWord]).toEqual([DEFAULT_MXCSR, 0x37f]);
    expect(singles(7)).toEqual([1, 2, 3, 4]);
  });
});
