import { afterEach, describe, expect, test } from 'vitest';
import { RAX, RBX, RCX, RSP } from '../../../src-main/engine/state/layout.ts';
import type { VmExit, Watchpoint } from '../../../src-main/engine/VirtualProcessor.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const DATA = AT.data;

describe.each([
  { tier: 'threaded', regionThreshold: 0 },
  { tier: 'region', regionThreshold: 1 },
])('a debugger’s watchpoint in the $tier tier', ({ regionThreshold }) => {
  const machine = createTestMachine({ regionThreshold });
  const { state, processor } = machine;
  afterEach(() => processor.setWatchpoints([]));

  function watch(access: Watchpoint['access'], byteLength = 4, linearAddress: number = DATA): void {
    processor.setWatchpoints([{ linearAddress, byteLength, access }]);
  }

  function run(): VmExit & { readonly after?: number } {
    const exit = processor.run({ instructions: 100_000, precise: false });
    return { ...exit, after: state.eip - AT.code };
  }

  test('stops behind the write, and goes on from there', () => {
    startCode(machine, 'flat32', `mov eax, 5\nmov [0x${DATA.toString(16)}], eax\ninc ebx\nhlt`);
    watch('write');
    expect(run()).toMatchObject({ reason: 'watchpoint', access: 'write', linearAddress: DATA, after: 10 });
    expect(machine.read32(DATA)).toBe(5);
    expect(state.register(RBX)).toBe(0);
    expect(run().reason).toBe('halt');
  });

  test('on reads leaves writes alone, and the other way about', () => {
    const address = `0x${DATA.toString(16)}`;
    startCode(machine, 'flat32', `mov [${address}], eax\nmov ebx, [${address}]\nhlt`);
    watch('read');
    expect(run()).toMatchObject({ reason: 'watchpoint', access: 'read', after: 11 });
    expect(run().reason).toBe('halt');
  });

  test('meets an access that only overlaps it, and names its first byte', () => {
    startCode(machine, 'flat32', `mov dword [0x${(DATA + 4).toString(16)}], 1\nhlt`);
    watch('any', 2, DATA + 6);
    expect(run()).toMatchObject({ reason: 'watchpoint', linearAddress: DATA + 6 });
  });

  test('is told beside another that the same instruction meets', () => {
    startCode(machine, 'flat32', `mov esi, 0x${DATA.toString(16)}\nmov edi, 0x${(DATA + 64).toString(16)}\nmovsd\nhlt`);
    const [from, to] = [
      { linearAddress: DATA, byteLength: 4, access: 'read' },
      { linearAddress: DATA + 64, byteLength: 2, access: 'any' },
    ] as const;
    processor.setWatchpoints([from, to]);
    expect(run()).toMatchObject({
      reason: 'watchpoint',
      watchpoint: to,
      hits: [
        { watchpoint: from, access: 'read' },
        { watchpoint: to, access: 'write' },
      ],
    });
    expect(run().reason).toBe('halt');
  });

  test('is not met by its neighbours in the page', () => {
    startCode(machine, 'flat32', `mov dword [0x${(DATA + 8).toString(16)}], 1\nhlt`);
    watch('any', 8);
    expect(run().reason).toBe('halt');
  });

  test('stops a loop in each of its rounds', () => {
    startCode(machine, 'flat32', `mov ecx, 3\nagain: inc dword [0x${DATA.toString(16)}]\nloop again\nhlt`);
    watch('write');
    const rounds: number[] = [];
    while (run().reason === 'watchpoint') rounds.push(machine.read32(DATA));
    expect(rounds).toEqual([1, 2, 3]);
  });

  test('stops a repeated string instruction at the iteration that meets it', () => {
    startCode(machine, 'flat32', `mov edi, 0x${DATA.toString(16)}\nmov ecx, 16\nmov al, 7\nrep stosb\nhlt`);
    watch('write', 1, DATA + 5);
    expect(run().reason).toBe('watchpoint');
    expect(state.register(RCX)).toBe(10);
    expect(run().reason).toBe('halt');
    expect(machine.read32(DATA + 12)).toBe(0x0707_0707);
  });

  test('is not met by an instruction that faults behind its access', () => {
    startCode(machine, 'flat32', `mov esp, 0x${DATA.toString(16)}\nbound eax, [0x${DATA.toString(16)}]\nhlt`);
    machine.write32(DATA, 5);
    machine.write32(DATA + 4, 6);
    watch('read', 8);
    // #BR is a fault: BOUND is to be executed again.
    expect(run().reason).toBe('halt');
  });

  test('sees what an interrupt pushes', () => {
    startCode(machine, 'flat32', 'int 0x21\nhlt');
    watch('write', 4, state.register(RSP) - 12);
    expect(run()).toMatchObject({ reason: 'watchpoint', access: 'write' });
  });

  test('is reported by a single step', () => {
    startCode(machine, 'flat32', `mov [0x${DATA.toString(16)}], eax\nhlt`);
    watch('write');
    expect(processor.step()).toMatchObject({ reason: 'watchpoint', linearAddress: DATA });
  });

  test('works beside the guest’s own data breakpoints', () => {
    startCode(machine, 'flat32', `mov eax, 1\nmov [0x${DATA.toString(16)}], eax\ninc ebx\nhlt`);
    state.setDebugRegister(0, DATA);
    state.setDebugRegister(7, 0x000d_0402);
    processor.stateChanged();
    watch('write');
    expect(run().reason).toBe('watchpoint');
    // #DB was delivered with the trap, before the debugger was told.
    expect(state.debugRegister(6) & 1).toBe(1);
    expect(state.eip).toBe(AT.handlers + 16);
    expect(state.register(RAX)).toBe(1);
  });

  test('costs nothing once it is gone', () => {
    startCode(machine, 'flat32', `mov [0x${DATA.toString(16)}], eax\nhlt`);
    watch('write');
    processor.setWatchpoints([]);
    expect(run().reason).toBe('halt');
  });
});
