import { describe, expect, test } from 'vitest';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, STATE } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { allFeatures } from '../../support/engine/randomModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

/**
 * An instruction that meets a page fault leaves registers and flags as they were, so that it can be executed again
 * once the page is there (SDM vol. 3A, 6.5). All at level 3.
 */

const machine = createTestMachine({ features: allFeatures() });
const { state, processor } = machine;

const DIRECTORY = 0x10_0000,
  TABLE = 0x10_1000;
/** A page that only the supervisor may use; those before and behind are the user's. */
const FORBIDDEN = 0xa000;
const WRITE = 7,
  READ = 5;

function forbidPage(): void {
  for (let page = 0; page < 1024; page++) machine.write32(TABLE + 4 * page, (page << 12) | 7);
  machine.write32(TABLE + 4 * (FORBIDDEN >>> 12), FORBIDDEN | 3);
  machine.write32(DIRECTORY, TABLE | 7);
  state.setControlRegister(3, DIRECTORY);
  state.setControlRegister(4, 0x600);
  state.setControlRegister(0, (state.controlRegister(0) | 0x8001_0000) >>> 0);
}

const REGISTERS: readonly (readonly [number, number])[] = [
  [RAX, 0x1111_1111],
  [RCX, 0x0000_0003],
  [RDX, 0x3333_3333],
  [RBX, 0x9000],
  [RBP, 0xb100],
  [RSI, 0x9100],
  [RDI, FORBIDDEN],
];

interface Case {
  readonly source: string;
  readonly error: number;
  /** CR2: where the first byte lies that cannot be accessed; x87 images are reached at their last dword first. */
  readonly address: number;
  /** Default: well inside the page behind the forbidden one. */
  readonly esp?: number;
  readonly edi?: number;
}

const cases: readonly Case[] = [
  { source: 'enter 0, 0', esp: FORBIDDEN + 0x1000, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'enter 1, 0', esp: FORBIDDEN + 0x1004, error: WRITE, address: FORBIDDEN + 0xfff },
  { source: 'enter 0x10, 0', esp: FORBIDDEN + 0x1008, error: WRITE, address: FORBIDDEN + 0xff4 },
  { source: 'enter 4, 2', esp: FORBIDDEN + 0x100c, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'pushad', esp: FORBIDDEN + 0x1010, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'push eax', esp: FORBIDDEN + 0x1002, error: WRITE, address: FORBIDDEN + 0xffe },
  { source: 'pushfd', esp: FORBIDDEN + 0x1000, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'call ebx', esp: FORBIDDEN + 0x1000, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'call 0x1b:0x4000', esp: FORBIDDEN + 0x1004, error: WRITE, address: FORBIDDEN + 0xffc },
  { source: 'popad', esp: FORBIDDEN - 0x10, error: READ, address: FORBIDDEN },
  { source: 'pop dword [edi]', error: WRITE, address: FORBIDDEN },
  { source: 'ret', esp: FORBIDDEN - 2, error: READ, address: FORBIDDEN },
  { source: 'retf', esp: FORBIDDEN - 4, error: READ, address: FORBIDDEN },
  { source: 'iretd', esp: FORBIDDEN - 8, error: READ, address: FORBIDDEN },
  { source: 'popfd', esp: FORBIDDEN, error: READ, address: FORBIDDEN },
  { source: 'pop es', esp: FORBIDDEN, error: READ, address: FORBIDDEN },
  { source: 'xchg eax, [edi]', error: WRITE, address: FORBIDDEN },
  { source: 'xadd [edi], eax', error: WRITE, address: FORBIDDEN },
  { source: 'cmpxchg [edi], ebx', error: WRITE, address: FORBIDDEN },
  { source: 'cmpxchg8b [edi]', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 4 },
  { source: 'add [edi], eax', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 1 },
  { source: 'adc eax, [edi]', error: READ, address: FORBIDDEN },
  { source: 'shld [edi], eax, 4', error: WRITE, address: FORBIDDEN },
  { source: 'bts dword [edi], 31', error: WRITE, address: FORBIDDEN },
  { source: 'not dword [edi]', error: WRITE, address: FORBIDDEN },
  { source: 'div dword [edi]', error: READ, address: FORBIDDEN },
  { source: 'movsd', error: WRITE, address: FORBIDDEN },
  { source: 'movsd', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 3 },
  { source: 'stosb', error: WRITE, address: FORBIDDEN },
  { source: 'scasd', error: READ, address: FORBIDDEN },
  { source: 'les eax, [edi]', error: READ, address: FORBIDDEN, edi: FORBIDDEN - 4 },
  { source: 'bound eax, [edi]', error: READ, address: FORBIDDEN, edi: FORBIDDEN - 4 },
  { source: 'sgdt [edi]', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 2 },
  { source: 'sidt [edi]', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 5 },
  { source: 'str word [edi]', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 1 },
  { source: 'fstp tword [edi]', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 8 },
  { source: 'fnsave [edi]', error: WRITE, address: FORBIDDEN + 6, edi: FORBIDDEN - 100 },
  { source: 'frstor [edi]', error: READ, address: FORBIDDEN + 6, edi: FORBIDDEN - 100 },
  { source: 'movups [edi], xmm0', error: WRITE, address: FORBIDDEN, edi: FORBIDDEN - 8 },
];

test.each(cases)(
  '$source at edi=$edi, esp=$esp',
  ({ source, esp = FORBIDDEN + 0x1800, edi = FORBIDDEN, error, address }) => {
    startCode(machine, 'user32', source);
    forbidPage();
    machine.write32(AT.data + 0x1000, 0x1234_5678);
    for (const [register, value] of REGISTERS) state.setRegister(register, value);
    state.setRegister(RDI, edi);
    state.setInt(STATE.x87Control, 0x37f);
    state.setRegister(RSP, esp);
    state.eflags = 2 | FLAG.CF | FLAG.ZF;
    processor.stateChanged();
    machine.runToHalt(100);
    const frame = state.register(RSP);
    const slots = [0, 1, 4].map((slot) => machine.read32(frame + 4 * slot));
    const flags = machine.read32(frame + 12) & ~FLAG.RF;
    expect({ vector: (state.eip - 1 - AT.handlers) / 16, cr2: state.controlRegister(2), slots, flags }).toEqual({
      vector: 14,
      cr2: address,
      slots: [error, AT.code, esp],
      flags: 2 | FLAG.CF | FLAG.ZF,
    });
    const wanted = REGISTERS.map(([register, value]) => (register === RDI ? edi : value));
    expect(REGISTERS.map(([register]) => state.register(register))).toEqual(wanted);
  },
);

describe('a repeated string instruction', () => {
  test('keeps the iterations that are complete', () => {
    startCode(machine, 'user32', 'rep movsb');
    forbidPage();
    for (const [register, value] of REGISTERS) state.setRegister(register, value);
    state.setRegister(RDI, FORBIDDEN - 2);
    processor.stateChanged();
    machine.runToHalt(100);
    expect([RCX, RSI, RDI].map((register) => state.register(register))).toEqual([1, 0x9102, FORBIDDEN]);
  });
});
