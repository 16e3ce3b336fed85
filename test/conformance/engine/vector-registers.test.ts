import { beforeEach, describe, expect, test } from 'vitest';
import { CR0, CR4 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { DS, SS, STATE, mmxOffset, xmmOffset } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode, type ModeName } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine();
const { state } = machine;
const UD = 6,
  NM = 7,
  SS_FAULT = 12,
  GP = 13,
  PF = 14,
  MF = 16,
  AC = 17;
/** Where pages of the tests lie; the identity mapping lacks the second one. */
const PRESENT = 0x1_0000,
  ABSENT = 0x1_1000;

const PATTERN = Uint8Array.from({ length: 16 }, (_, index) => 0x10 + index);

/** Executes one instruction; returns the vector of the exception that it raised, -1 for none. */
function step(): number {
  machine.processor.step();
  const vector = (state.eip - AT.handlers) / 16;
  return Number.isInteger(vector) && vector >= 0 && vector < 256 ? vector : -1;
}

function start(text: string, mode: ModeName = 'flat32', cr0 = 0, cr4: number = CR4.OSFXSR): void {
  startCode(machine, mode, text);
  state.setControlRegister(0, state.controlRegister(0) | cr0);
  state.setControlRegister(4, cr4);
  machine.processor.stateChanged();
}

function run(text: string, mode: ModeName = 'flat32', cr0 = 0, cr4: number = CR4.OSFXSR): number {
  start(text, mode, cr0, cr4);
  return step();
}

function setXmm(number: number, bytes: ArrayLike<number>): void {
  state.bytes.set(Uint8Array.from(bytes), xmmOffset(number));
}

function xmm(number: number): Uint8Array {
  return state.bytes.slice(xmmOffset(number), xmmOffset(number) + 16);
}

/** Identity mapping by 4 KiB pages with one that is not there. */
function enablePaging(): void {
  const DIRECTORY = 0x10_0000,
    TABLE = 0x10_1000;
  machine.write32(DIRECTORY, TABLE | 7);
  for (let page = 0; page < 0x200; page++) {
    machine.write32(TABLE + 4 * page, page === ABSENT >> 12 ? 0 : (page << 12) | 7);
  }
  state.setControlRegister(3, DIRECTORY);
  state.setControlRegister(0, state.controlRegister(0) | CR0.PG);
  machine.processor.stateChanged();
}

describe('whether the registers may be used', () => {
  test.each([
    { text: 'paddd xmm0,xmm1', cr0: 0, cr4: CR4.OSFXSR, vector: -1 },
    { text: 'paddd xmm0,xmm1', cr0: 0, cr4: 0, vector: UD },
    { text: 'paddd xmm0,xmm1', cr0: CR0.EM, cr4: CR4.OSFXSR, vector: UD },
    { text: 'paddd xmm0,xmm1', cr0: CR0.TS, cr4: CR4.OSFXSR, vector: NM },
    { text: 'paddd xmm0,xmm1', cr0: CR0.TS | CR0.EM, cr4: CR4.OSFXSR, vector: UD },
    { text: 'paddd xmm0,xmm1', cr0: CR0.TS, cr4: 0, vector: UD },
    { text: 'paddd mm0,mm1', cr0: 0, cr4: 0, vector: -1 },
    { text: 'paddd mm0,mm1', cr0: CR0.EM, cr4: 0, vector: UD },
    { text: 'paddd mm0,mm1', cr0: CR0.TS, cr4: 0, vector: NM },
    { text: 'pavgb mm0,mm1', cr0: 0, cr4: 0, vector: -1 },
    { text: 'movq2dq xmm0,mm1', cr0: 0, cr4: 0, vector: UD },
    { text: 'movdq2q mm0,xmm1', cr0: CR0.TS, cr4: CR4.OSFXSR, vector: NM },
    { text: 'emms', cr0: CR0.EM, cr4: 0, vector: UD },
    { text: 'movnti [8000h],eax', cr0: CR0.EM | CR0.TS, cr4: 0, vector: -1 },
    { text: 'lfence', cr0: CR0.EM | CR0.TS, cr4: 0, vector: -1 },
    { text: 'sfence', cr0: CR0.EM | CR0.TS, cr4: 0, vector: -1 },
  ])('$text with CR0 bits $cr0 and CR4 $cr4 raises $vector', ({ text, cr0, cr4, vector }) => {
    expect(run(text, 'flat32', cr0, cr4)).toBe(vector);
  });

  test.each(['paddd mm0,mm1', 'movq2dq xmm0,mm0', 'emms', 'pmovmskb eax,mm0', 'maskmovq mm0,mm1'])(
    '%s reports what the x87 left pending',
    (text) => {
      start(text, 'flat32', CR0.NE);
      state.setInt(STATE.x87Status, 0x8081);
      expect(step()).toBe(MF);
    },
  );

  test('an XMM instruction does not report it', () => {
    start('paddd xmm0,xmm1', 'flat32', CR0.NE);
    state.setInt(STATE.x87Status, 0x8081);
    expect(step()).toBe(-1);
  });
});

describe('MMX registers lie in those of the x87', () => {
  beforeEach(() => {
    start('paddd mm3,mm1\npaddd mm3,[11000h]\nemms');
    state.setInt(STATE.x87Top, 5);
    state.setInt(STATE.x87Valid, 0);
    state.setInt(STATE.x87Status, 0x4100);
    state.bytes.fill(0, mmxOffset(0), mmxOffset(8));
    state.bytes.set([1, 0, 0, 0, 2, 0, 0, 0], mmxOffset(1));
  });

  test('an instruction on them numbers from 0, marks all as used, and the written one as no number', () => {
    expect(step()).toBe(-1);
    expect([...state.bytes.subarray(mmxOffset(3), mmxOffset(3) + 10)]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff]);
    expect([...state.bytes.subarray(mmxOffset(1) + 8, mmxOffset(1) + 10)]).toEqual([0, 0]);
    expect(state.getInt(STATE.x87Top)).toBe(0);
    expect(state.getInt(STATE.x87Valid)).toBe(0xff);
    expect(state.x87StatusWord).toBe(0x4100);
  });

  test('one whose memory operand faults leaves the x87 as it was', () => {
    enablePaging();
    step();
    state.setInt(STATE.x87Top, 5);
    state.setInt(STATE.x87Valid, 0);
    expect(step()).toBe(PF);
    expect(state.getInt(STATE.x87Top)).toBe(5);
    expect(state.getInt(STATE.x87Valid)).toBe(0);
  });

  test('EMMS empties them', () => {
    step();
    step();
    step();
    expect(state.getInt(STATE.x87Top)).toBe(0);
    expect(state.getInt(STATE.x87Valid)).toBe(0);
  });
});

describe.each(['flat32', 'segmented32', 'real'] as const)('16 bytes of memory in %s mode', (mode) => {
  test.each(['movdqa xmm1,[8001h]', 'paddd xmm1,[8008h]', 'movaps [8004h],xmm1', 'movntdq [8008h],xmm1'])(
    '%s raises #GP(0) for its alignment',
    (text) => {
      expect(run(text, mode)).toBe(GP);
    },
  );

  test.each(['movdqu xmm1,[8001h]', 'movups xmm1,[8001h]', 'lddqu xmm1,[8001h]'])('%s does not', (text) => {
    start(text, mode);
    machine.load(0x8001, PATTERN);
    expect(step()).toBe(-1);
    expect(xmm(1)).toEqual(PATTERN);
  });

  test('narrower operands need no alignment', () => {
    expect(run('movq xmm1,[8001h]', mode)).toBe(-1);
    expect(run('movlps [8003h],xmm1', mode)).toBe(-1);
    expect(run('paddd mm1,[8003h]', mode)).toBe(-1);
  });

  test('are stored whole, aligned or not', () => {
    for (const text of ['movdqa [8010h],xmm2', 'movdqu [8013h],xmm2']) {
      start(text, mode);
      setXmm(2, PATTERN);
      expect(step()).toBe(-1);
      const address = text.includes('8013') ? 0x8013 : 0x8010;
      expect(machine.ram.slice(address - 1, address + 17)).toEqual(Uint8Array.from([0, ...PATTERN, 0]));
    }
  });
});

describe('alignment is that of the linear address', () => {
  test('not of the offset', () => {
    start('movdqa xmm1,[8000h]\nmovdqa xmm1,[8008h]', 'segmented32');
    state.setSegment(DS, { ...state.segment(DS), base: 8 });
    machine.processor.stateChanged();
    expect(step()).toBe(GP);
    state.eip = AT.code + 8;
    expect(step()).toBe(-1);
  });

  test('and found after the limit of the segment', () => {
    start('movdqu xmm1,[0fff8h]', 'segmented32');
    expect(step()).toBe(GP);
    start('movdqu xmm1,[ebp]', 'segmented32');
    state.setRegister(5, 0xfff1);
    expect(step()).toBe(SS_FAULT);
    expect(state.segmentLimit(SS)).toBe(0xffff);
  });
});

describe('with alignment checked for user code', () => {
  test.each([
    { text: 'movdqu xmm1,[8008h]', vector: AC },
    { text: 'movups [8004h],xmm1', vector: AC },
    { text: 'movdqu xmm1,[8010h]', vector: -1 },
    { text: 'movq xmm1,[8004h]', vector: AC },
    { text: 'movq [8008h],xmm1', vector: -1 },
    { text: 'punpcklbw mm1,[8004h]', vector: -1 },
    { text: 'movdqa xmm1,[8008h]', vector: GP },
  ])('$text raises $vector', ({ text, vector }) => {
    start(text, 'user32', CR0.AM);
    state.eflags |= FLAG.AC;
    machine.processor.stateChanged();
    expect(step()).toBe(vector);
  });
});

describe('16 bytes across two pages', () => {
  const across = PRESENT + 0xff9;

  test('are read and written as a whole', () => {
    start(`movdqu xmm1,[${across}]\nmovdqu [${across + 1}],xmm1`);
    enablePaging();
    machine.write32(0x10_1000 + 4 * (ABSENT >> 12), 0x12_0007);
    machine.load(across, PATTERN.subarray(0, 7));
    machine.load(0x12_0000, PATTERN.subarray(7));
    expect(step()).toBe(-1);
    expect(xmm(1)).toEqual(PATTERN);
    expect(step()).toBe(-1);
    expect(machine.ram.slice(across + 1, across + 7)).toEqual(PATTERN.slice(0, 6));
    expect(machine.ram.slice(0x12_0000, 0x12_000a)).toEqual(PATTERN.slice(6));
  });

  test.each([
    { text: `movdqu xmm1,[${across}]`, address: ABSENT, code: 0 },
    { text: `movdqu [${across}],xmm1`, address: ABSENT, code: 2 },
    { text: `movdqu xmm1,[${ABSENT + 0xff9}]`, address: ABSENT + 0xff9, code: 0 },
    { text: `movdqu [${ABSENT + 0xff9}],xmm1`, address: ABSENT + 0xff9, code: 2 },
    { text: `movq [${PRESENT + 0xffc}],mm1`, address: ABSENT, code: 2 },
  ])('$text faults at the page that is not there, with nothing changed', ({ text, address, code }) => {
    start(text);
    enablePaging();
    setXmm(1, PATTERN);
    const before = machine.ram.slice(PRESENT, PRESENT + 0x3000);
    expect(step()).toBe(PF);
    expect(state.controlRegister(2)).toBe(address);
    expect(machine.read32(state.register(4))).toBe(code);
    expect(xmm(1)).toEqual(PATTERN);
    expect(machine.ram.slice(PRESENT, PRESENT + 0x3000)).toEqual(before);
  });
});

describe('16 bytes of a device', () => {
  const DEVICE = 0x80_0000;
  const log: string[] = [];

  beforeEach(() => {
    log.length = 0;
    machine.mmioRead = (address, width) => {
      log.push(`read ${width} at ${address - DEVICE}`);
      return address - DEVICE + 1;
    };
    machine.mmioWrite = (address) => log.push(`write at ${address - DEVICE}`);
  });

  test('are read as four dwords', () => {
    expect(run(`movdqa xmm1,[${DEVICE}]`)).toBe(-1);
    expect(log).toEqual(['read 4 at 0', 'read 4 at 4', 'read 4 at 8', 'read 4 at 12']);
    expect([...xmm(1)]).toEqual([1, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 13, 0, 0, 0]);
  });

  test('are written as four dwords, and not read before', () => {
    expect(run(`movdqa [${DEVICE}],xmm1`)).toBe(-1);
    expect(log).toEqual(['write at 0', 'write at 4', 'write at 8', 'write at 12']);
  });

  test('are two dwords of an MMX register', () => {
    expect(run(`movq [${DEVICE}],mm1`)).toBe(-1);
    expect(log).toEqual(['write at 0', 'write at 4']);
  });
});

describe('a vector stored over code', () => {
  test('takes effect at the next instruction', () => {
    // The store turns the INC EAX that follows it into NOP, and what is behind into HLT.
    start('movdqu [patched],xmm0\npatched: inc eax\ntimes 15 inc eax');
    setXmm(0, [0x90, 0xf4, ...Array<number>(14).fill(0x90)]);
    expect(machine.run(10)).toMatchObject({ reason: 'halt' });
    expect(state.register(0)).toBe(0);
  });
});
