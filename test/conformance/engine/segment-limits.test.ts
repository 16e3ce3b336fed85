import { describe, expect, test } from 'vitest';
import { RSP, SS, STATE } from '../../../src-main/engine/state/layout.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { encodeRow } from '../../support/engine/encodeRow.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine();
const { state, processor } = machine;

/** The last byte that DS and SS hold; behind it lies memory that nothing may change. */
const LIMIT = 0x8fff;

/** Instructions with a memory operand of the given access, at the limit of DS: all that write, and all that read. */
const rows = encodings.filter(
  (row) =>
    /^(|cmov|cx8)$/.test(row.feature) &&
    (row.modrm === 'any' || row.modrm === 'memory') &&
    !row.decodeOnly &&
    row.flow === 'next' &&
    !/^(nop|lea|invlpg|escape|wait|movFrom.*|movTo.*)$/.test(row.semantics) &&
    !/^(prefetch.*|bound|lar|lsl|verr|verw|lldt|ltr|sldt|str|lmsw|lgdt|lidt)$/.test(row.mnemonic),
);

/** Registers, flags and memory. */
function image(): string {
  const registers = Array.from({ length: 8 }, (_, index) => state.register(index));
  return [...registers, state.eflags, ...machine.ram.subarray(0x8f00, 0x9100)].join();
}

function startAtLimit(row: Encoding, offset: number): void {
  startCode(machine, 'segmented32', []);
  // [disp32], with reg 1: ECX, CL.
  const address = [offset & 0xff, offset >> 8, 0, 0];
  const bytes = encodeRow(row, {
    codeSize: 32,
    operandSize: row.sizes.includes(32) ? 32 : 16,
    addressSize: 32,
    mod: 0,
    reg: 1,
    rm: 5,
    sib: 0,
    nextByte: () => address.shift() ?? 1,
  });
  machine.load(AT.code, bytes);
  machine.load(
    0x8f00,
    Uint8Array.from({ length: 0x200 }, (_, index) => index * 7),
  );
  for (let register = 0; register < 8; register++)
    if (register !== RSP) state.setRegister(register, 0x1111 * register + 3);
  for (const segment of [3]) state.setSegment(segment, { ...state.segment(segment), limit: LIMIT });
  processor.stateChanged();
}

test.each(rows.map((row) => ({ name: row.name, row })))(
  '$name beyond the limit of DS raises #GP(0) with nothing changed',
  ({ row }) => {
    // The operand's last byte lies one beyond the limit, or for bytes the only one.
    startAtLimit(row, LIMIT + 1);
    const before = image();
    const esp = state.register(RSP);
    processor.step();
    expect((state.eip - AT.handlers) / 16).toBe(13);
    state.setRegister(RSP, esp);
    state.eflags = machine.read32(esp - 4) & ~0x1_0000;
    expect(image()).toBe(before);
  },
);

describe('the stack at the end of SS', () => {
  const writers = [
    ['push eax', 0],
    ['push dword 5', 0],
    ['push ds', 0],
    ['pushfd', 0],
    ['call near $ + 8', 0],
    ['call eax', 0],
    ['push dword [0x7000]', 0],
  ] as const;

  test.each(writers)('%s below an expand-down limit faults with ESP and EIP as they were', (source) => {
    startCode(machine, 'segmented32', source);
    // Expand-down: offsets from 9000h up are valid.
    state.setSegment(SS, { ...state.segment(SS), attributes: 0x4097, limit: 0x8fff });
    state.setRegister(RSP, 0x9002);
    processor.stateChanged();
    processor.run({ instructions: 1, precise: true });
    // The fault's own frame does not fit either: the processor shuts down, and shows what it was doing.
    expect(state.getInt(STATE.faultVector)).toBe(12);
    expect([state.register(RSP), state.eip]).toEqual([0x9002, AT.code]);
  });

  test.each(['pop eax', 'popfd', 'ret', 'leave', 'popad', 'pop dword [0x7000]'])(
    '%s beyond the limit faults',
    (source) => {
      startCode(machine, 'segmented32', source);
      state.setSegment(SS, { ...state.segment(SS), limit: LIMIT });
      state.setRegister(RSP, LIMIT - 1);
      state.setRegister(5, LIMIT - 1);
      processor.stateChanged();
      const registers = [0, 1, 2, 3, 5, 6, 7].map((index) => state.register(index));
      processor.step();
      expect((state.eip - AT.handlers) / 16).toBe(12);
      expect([0, 1, 2, 3, 5, 6, 7].map((index) => state.register(index))).toEqual(registers);
    },
  );
});

describe('the end of CS', () => {
  test.each([
    { end: 0x4fff, name: 'at the end of a page' },
    { end: 0x4ffe, name: 'inside a page' },
    { end: 0x5001, name: 'in the next page' },
  ])('an instruction that reaches beyond it, $name, raises #GP(0)', ({ end }) => {
    for (const isStepped of [false, true]) {
      startCode(machine, 'segmented32', []);
      machine.load(end - 2, [0x40, 0xb8, 1, 0, 0, 0]); // INC EAX; MOV EAX, 1 with its last bytes outside
      state.setSegment(1, { ...state.segment(1), limit: end });
      // The handlers lie below.
      state.eip = end - 2;
      processor.stateChanged();
      if (isStepped) while (processor.step().reason === 'budget');
      else machine.runToHalt();
      expect((state.eip - 1 - AT.handlers) / 16).toBe(13);
      expect(machine.read32(state.register(RSP) + 4)).toBe(end - 1);
      expect(state.register(0)).toBe(1);
    }
  });

  test('running off it raises #GP(0) at the first offset outside, in real mode too', () => {
    startCode(machine, 'real', []);
    machine.load(0xfffe, [0x40, 0x40]);
    state.eip = 0xfffe;
    state.setSegment(SS, { ...state.segment(SS), selector: 0x1000, base: 0x1_0000 });
    processor.stateChanged();
    machine.runToHalt();
    expect((state.eip - 1 - AT.handlers) / 16).toBe(13);
    expect(state.register(0)).toBe(2);
  });
});
