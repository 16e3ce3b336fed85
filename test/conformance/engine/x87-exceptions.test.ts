import { beforeEach, describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { CR0 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { RAX, STATE } from '../../../src-main/engine/state/layout.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const NM = 7,
  MF = 16;
const CODE = 0x7c00,
  HANDLERS = 0x500;

const withX87 = createTestMachine({ ramBytes: 0x2_0000 });
const withoutX87 = createTestMachine({ ramBytes: 0x2_0000, features: createCpuFeatures({ features: { fpu: false } }) });

/** Runs real-mode code up to its HLT, or to the one that handles a vector; returns that vector, -1 for none. */
function run(machine: typeof withX87, bytes: readonly number[], cr0 = 0): number {
  machine.clear();
  for (let vector = 0; vector < 32; vector++) {
    machine.load(4 * vector, [(HANDLERS + vector) & 0xff, (HANDLERS + vector) >> 8, 0, 0]);
    machine.load(HANDLERS + vector, [0xf4]);
  }
  machine.load(CODE, [...bytes, 0xf4]);
  const { state, processor } = machine;
  state.setControlRegister(0, CR0.ET | cr0);
  state.writeSegment(1, 0, 0x93, 0, 0xffff);
  state.setRegister(4, 0x7000);
  state.eip = CODE;
  processor.stateChanged();
  expect(processor.run({ instructions: 1000, precise: false })).toMatchObject({ reason: 'halt' });
  const vector = state.eip - 1 - HANDLERS;
  return vector >= 0 && vector < 32 ? vector : -1;
}

const FNINIT = [0xdb, 0xe3],
  FLD1 = [0xd9, 0xe8],
  FLDZ = [0xd9, 0xee],
  FDIVP = [0xde, 0xf9],
  WAIT = [0x9b],
  FNCLEX = [0xdb, 0xe2],
  FNSTSW_AX = [0xdf, 0xe0];
/** MOV word [600h], 037Bh; FLDCW [600h]: divisions by zero unmasked. */
const UNMASK_ZERO_DIVIDE = [0xc7, 0x06, 0x00, 0x06, 0x7b, 0x03, 0xd9, 0x2e, 0x00, 0x06];
const DIVIDE_BY_ZERO = [...FNINIT, ...UNMASK_ZERO_DIVIDE, ...FLD1, ...FLDZ, ...FDIVP];

describe('#NM', () => {
  test.each([
    { name: 'EM stops escapes', cr0: CR0.EM, bytes: FLD1, vector: NM },
    { name: 'TS stops escapes', cr0: CR0.TS, bytes: FLD1, vector: NM },
    { name: 'TS stops those that do not wait', cr0: CR0.TS, bytes: FNSTSW_AX, vector: NM },
    { name: 'WAIT heeds TS only with MP', cr0: CR0.TS, bytes: WAIT, vector: -1 },
    { name: 'WAIT heeds TS with MP', cr0: CR0.TS | CR0.MP, bytes: WAIT, vector: NM },
    { name: 'WAIT does not heed EM', cr0: CR0.EM, bytes: WAIT, vector: -1 },
  ])('$name', ({ cr0, bytes, vector }) => {
    expect(run(withX87, bytes, cr0)).toBe(vector);
  });
});

describe('an unmasked exception', () => {
  test.each([
    { name: 'waits for the next instruction', bytes: [...DIVIDE_BY_ZERO], vector: -1 },
    { name: 'is raised by WAIT', bytes: [...DIVIDE_BY_ZERO, ...WAIT], vector: MF },
    { name: 'is raised by an instruction that waits', bytes: [...DIVIDE_BY_ZERO, ...FLD1], vector: MF },
    { name: 'is not raised by one that does not', bytes: [...DIVIDE_BY_ZERO, ...FNSTSW_AX], vector: -1 },
    { name: 'is gone after FNCLEX', bytes: [...DIVIDE_BY_ZERO, ...FNCLEX, ...WAIT], vector: -1 },
  ])('$name with CR0.NE', ({ bytes, vector }) => {
    expect(run(withX87, bytes, CR0.NE)).toBe(vector);
  });

  test('leaves the operands, and tells by ES and B', () => {
    run(withX87, [...DIVIDE_BY_ZERO, ...FNSTSW_AX], CR0.NE);
    expect(withX87.state.register16(RAX)).toBe(0xb084);
    expect(withX87.state.getInt(STATE.x87Valid)).toBe(0b1100_0000);
  });

  test('goes out by FERR# when CR0.NE is clear, once', () => {
    const before = withX87.coprocessorErrors;
    expect(run(withX87, [...DIVIDE_BY_ZERO, ...WAIT, ...FLD1])).toBe(-1);
    expect(withX87.coprocessorErrors - before).toBe(1);
  });
});

describe('memory operands', () => {
  const GP = 13;

  test.each([
    { name: 'FSTP m64', bytes: [0xdd, 0x1e, 0xfc, 0xff] },
    { name: 'FSTP m80', bytes: [0xdb, 0x3e, 0xf8, 0xff] },
    { name: 'FISTP m32', bytes: [0xdb, 0x1e, 0xfe, 0xff] },
  ])('$name beyond the segment pops nothing', ({ bytes }) => {
    expect(run(withX87, [...FNINIT, ...FLD1, ...bytes])).toBe(GP);
    expect(withX87.state.getInt(STATE.x87Valid)).toBe(0x80);
    expect(withX87.state.stackNumber(0)).toBe(1);
  });

  test('FSAVE leaves an image in which real mode has linear addresses, and FRSTOR takes it back', () => {
    const FNSAVE = [0xdd, 0x36, 0x00, 0x06],
      FRSTOR = [0xdd, 0x26, 0x00, 0x06];
    expect(run(withX87, [...FNINIT, ...FLD1, ...FNSAVE, ...FRSTOR])).toBe(-1);
    expect(withX87.state.stackNumber(0)).toBe(1);
    const words = Array.from({ length: 7 }, (_, index) => withX87.read16(0x600 + 2 * index));
    const FLD1_OPCODE = 0x1e8;
    expect(words).toEqual([0x37f, 0x3800, 0x3fff, CODE + FNINIT.length, FLD1_OPCODE, 0, 0]);
  });
});

describe('FXSAVE and FXRSTOR', () => {
  const FXSAVE = [0x0f, 0xae, 0x06],
    FXRSTOR = [0x0f, 0xae, 0x0e];
  const machine = createTestMachine({
    ramBytes: 0x2_0000,
    features: createCpuFeatures({ features: { fxsr: true } }),
  });

  test('keep the registers', () => {
    const image = [0x00, 0x06];
    expect(run(machine, [...FNINIT, ...FLD1, ...FXSAVE, ...image, ...FNINIT, ...FXRSTOR, ...image])).toBe(-1);
    expect(machine.state.stackNumber(0)).toBe(1);
    expect([machine.read16(0x600), machine.read16(0x602), machine.read16(0x604)]).toEqual([0x37f, 0x3800, 0x80]);
  });

  test('want 16-byte alignment', () => {
    expect(run(machine, [...FXSAVE, 0x08, 0x06])).toBe(13);
  });
});

describe('without an x87', () => {
  beforeEach(() => withoutX87.clear());

  test('escapes do nothing', () => {
    expect(run(withoutX87, [...FNINIT, ...FNSTSW_AX])).toBe(-1);
    expect(withoutX87.state.register16(RAX)).toBe(0);
  });

  test('EM still stops them', () => {
    expect(run(withoutX87, FLD1, CR0.EM)).toBe(NM);
  });
});
