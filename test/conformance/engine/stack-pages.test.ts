import { describe, expect, test } from 'vitest';
import { RBX, RSP } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine, type TestMachine } from '../../support/engine/TestMachine.ts';

/** The stack is read before it is written, in one loop: whether a page may be read says nothing of writes. */

const DIRECTORY = 0x1_0000,
  TABLE = 0x1_1000,
  STACK = 0xa800,
  CALLED = STACK + 0x100;
const PRESENT = 1,
  WRITABLE = 2,
  USER = 4,
  DIRTY = 0x40;
const PAGE_FAULT_HANDLER = AT.handlers + 14 * 16;
const entryAddress = (linear: number): number => TABLE + 4 * (linear >>> 12);

const LOOP = `
    mov ecx,20
  again:
    mov eax,[esp]
    push ecx
    pop edx
    dec ecx
    jnz again
    mov ebx,[esp-4]
  done:
    jmp done`;

/** User code in front of a loop on a stack whose page has these rights. */
function place(machine: TestMachine, code: string, stackRights: number): void {
  startCode(machine, 'user32', code);
  for (let page = 0; page < 64; page++) machine.write32(TABLE + 4 * page, (page << 12) | PRESENT | WRITABLE | USER);
  machine.write32(entryAddress(STACK), (STACK & ~0xfff) | stackRights);
  machine.write32(DIRECTORY, TABLE | PRESENT | WRITABLE | USER);
  const { state } = machine;
  state.setControlRegister(3, DIRECTORY);
  state.setControlRegister(0, (state.controlRegister(0) | 0x8000_0000) >>> 0);
  state.setRegister(RSP, STACK);
  machine.processor.stateChanged();
}

describe.each([
  ['threaded', 0],
  ['region', 1],
])('in the %s tier', (_, regionThreshold) => {
  const machine = createTestMachine({ ramBytes: 0x4_0000, regionThreshold });

  test('a push to a stack that may only be read faults, and writes nothing', () => {
    place(machine, LOOP, PRESENT | USER);
    expect(machine.run(1000).reason).toBe('halt');
    const { state } = machine;
    expect([state.eip, state.controlRegister(2)]).toEqual([PAGE_FAULT_HANDLER + 1, STACK - 4]);
    expect(machine.read32(STACK - 4)).toBe(0);
  });

  test('a push sets the dirty bit of a page that was read before', () => {
    place(machine, LOOP, PRESENT | WRITABLE | USER);
    expect(machine.run(1000).reason).toBe('budget');
    expect(machine.state.register(RBX)).toBe(1);
    expect(machine.read32(entryAddress(STACK)) & DIRTY).toBe(DIRTY);
  });

  test('a push over code in the stack’s page has that code translated anew', () => {
    const code = `
        mov ecx,20
      again:
        mov esp,${CALLED + 5}
        mov edx,[esp]
        push ecx
        mov esp,${STACK}
        mov eax,${CALLED}
        call eax
        add ebx,eax
        dec ecx
        jnz again
      done:
        jmp done`;
    place(machine, code, PRESENT | WRITABLE | USER);
    // mov eax,<what is pushed>; ret
    machine.load(CALLED, [0xb8, 0, 0, 0, 0, 0xc3]);
    expect(machine.run(1000).reason).toBe('budget');
    expect(machine.state.register(RBX)).toBe((20 * 21) / 2);
  });
});
