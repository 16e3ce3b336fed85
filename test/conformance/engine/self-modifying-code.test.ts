import { describe, expect, test } from 'vitest';
import { RAX, RBX, RCX, STATE } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode, type ModeName } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine();
const modes: readonly ModeName[] = ['real', 'flat32', 'segmented32', 'flat16'];

/** Runs to HLT at once, and again one instruction at a time; the result has to be the same. */
function eaxAfter(mode: ModeName, source: string): number {
  const results = [false, true].map((isStepped) => {
    startCode(machine, mode, source);
    if (!isStepped) machine.runToHalt(100_000);
    else while (machine.processor.step().reason === 'budget');
    return machine.state.register(RAX);
  });
  expect(results[1], 'one instruction at a time').toBe(results[0]);
  return results[0];
}

describe.each(modes)('code that is rewritten while it runs, in %s', (mode) => {
  test('the next instruction of the same block', () => {
    const source = `
      mov byte [target], 0x40    ; INC eAX for NOP
    target:
      nop
      hlt`;
    expect(eaxAfter(mode, source)).toBe(1);
  });

  test('an immediate some instructions on, each time around a loop', () => {
    const source = `
      mov cx, 5
    again:
      inc byte [patched + 1]
      nop
    patched:
      mov bl, 0
      add al, bl
      loop again
      hlt`;
    expect(eaxAfter(mode, source)).toBe(1 + 2 + 3 + 4 + 5);
  });

  test('the instruction that writes, executed once with its old bytes', () => {
    const source = `
      mov bx, 2
    again:
      add al, 1
    self:
      mov byte [self], 0xf4      ; HLT, from the second time on
      dec bx
      jnz again
      add al, 0x80
      hlt`;
    expect(eaxAfter(mode, source)).toBe(2);
  });

  test('the target of a jump taken before', () => {
    const source = `
      mov bx, 2
    again:
      call routine
      mov byte [routine + 1], 10
      dec bx
      jnz again
      hlt
    routine:
      add al, 1
      ret`;
    expect(eaxAfter(mode, source)).toBe(11);
  });

  test('a routine in another page', () => {
    const source = `
      mov bx, 3
    again:
      call far_away
      inc byte [far_away + 1]
      dec bx
      jnz again
      hlt
      times 0x1800 - ($ - $$) db 0
    far_away:
      add al, 1
      ret`;
    expect(eaxAfter(mode, source)).toBe(1 + 2 + 3);
  });

  test('an instruction that lies across a page boundary, in its second page', () => {
    const source = `
      mov bx, 2
    again:
      call across
      mov byte [across_end - 1], 0x20
      dec bx
      jnz again
      hlt
      times 0xffe - ($ - $$) db 0x90
    across:
      add ax, 0x1001             ; the immediate ends in the next page
    across_end:
      ret`;
    expect(eaxAfter(mode, source)).toBe(0x1001 + 0x2001);
  });

  test('REP MOVS over the code that follows', () => {
    const bits = mode.endsWith('32') ? 32 : 16;
    const [si, di, cx] = bits === 32 ? ['esi', 'edi', 'ecx'] : ['si', 'di', 'cx'];
    const source = `
      cld
      mov ${si}, replacement
      mov ${di}, victim
      mov ${cx}, replacement_end - replacement
      rep movsb
    victim:
      mov al, 1
      hlt
      nop
      nop
    replacement:
      mov al, 7
      inc ax
      hlt
    replacement_end:`;
    expect(eaxAfter(mode, source)).toBe(8);
  });

  test('a routine rewritten before each of many jumps to it', () => {
    const cx = mode.endsWith('32') ? 'ecx' : 'cx';
    const source = `
      mov ${cx}, 2001
    again:
      mov [patch + 1], cl
      jmp routine
    back:
      dec ${cx}
      jnz again
      hlt
    routine:
    patch:
      mov al, 0
      jmp back`;
    expect(eaxAfter(mode, source) & 0xff).toBe(1);
  });

  test('REP STOS over its own bytes goes on with what it wrote', () => {
    const bits = mode.endsWith('32') ? 32 : 16;
    const [di, cx] = bits === 32 ? ['edi', 'ecx'] : ['di', 'cx'];
    // Iterations are instructions of their own: once the prefix is gone, NOPs follow.
    const source = `
      cld
      mov al, 0x90
      mov ${di}, self
      mov ${cx}, 16
    self:
      rep stosb
      times 20 nop
      hlt`;
    startCode(machine, mode, source);
    machine.runToHalt();
    const { state } = machine;
    expect(state.register(RCX) & 0xffff).toBeLessThan(16);
  });
});

describe('code written by others', () => {
  test('a debugger or a device changes a translated instruction', () => {
    startCode(machine, 'flat32', 'again: mov al, 1\nhlt\njmp again');
    machine.runToHalt();
    machine.load(AT.code + 1, [9]);
    machine.state.setInt(STATE.halted, 0);
    machine.runToHalt();
    expect(machine.state.register(RAX)).toBe(9);
  });

  test('a page of code can be written as data again once its code is gone', () => {
    const source = `
      call first
      mov edi, first
      mov ecx, 64
      mov al, 0xc3
      rep stosb
      mov dword [first + 4], 0x12345678
      mov ebx, [first + 4]
      call first
      hlt
      times 0x1000 - ($ - $$) db 0
    first:
      ret
      times 64 nop`;
    startCode(machine, 'flat32', source);
    machine.runToHalt();
    expect(machine.state.register(RBX)).toBe(0x1234_5678);
  });
});
