import { afterEach, describe, expect, test } from 'vitest';
import { RBX, RCX, RSP } from '../../../src-main/engine/state/layout.ts';
import type { Catchpoint } from '../../../src-main/engine/Catchpoint.ts';
import type { VmExit } from '../../../src-main/engine/VirtualProcessor.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const ANY_INTERRUPT: Catchpoint = { kind: 'interrupt', vector: null };
const ANY_EXCEPTION: Catchpoint = { kind: 'exception', vector: null };
const MODE: Catchpoint = { kind: 'mode' };

function port(firstPort: number, access: 'read' | 'write' | 'any' = 'any', portCount = 1): Catchpoint {
  return { kind: 'port', firstPort, portCount, access };
}

describe.each([
  { tier: 'threaded', regionThreshold: 0 },
  { tier: 'region', regionThreshold: 1 },
])('a debugger’s catchpoint in the $tier tier', ({ regionThreshold }) => {
  const machine = createTestMachine({ regionThreshold });
  const { state, processor } = machine;
  afterEach(() => processor.setCatchpoints([]));

  function run(): VmExit & { readonly after?: number } {
    const exit = processor.run({ instructions: 100_000, precise: false });
    return { ...exit, after: state.eip - AT.code };
  }

  test('for a port stops behind the access, and goes on from there', () => {
    startCode(machine, 'flat32', 'out 0x70, al\ninc ebx\nin al, 0x71\nhlt');
    processor.setCatchpoints([port(0x70)]);
    expect(run()).toMatchObject({
      reason: 'catchpoint',
      events: [{ kind: 'port', port: 0x70, byteLength: 1, access: 'write' }],
      after: 2,
    });
    expect(state.register(RBX)).toBe(0);
    expect(run().reason).toBe('halt');
  });

  test('for reads of a port leaves writes alone', () => {
    startCode(machine, 'flat32', 'out 0x70, al\nin al, 0x70\nhlt');
    processor.setCatchpoints([port(0x70, 'read')]);
    expect(run()).toMatchObject({ reason: 'catchpoint', events: [{ access: 'read' }], after: 4 });
    expect(run().reason).toBe('halt');
  });

  test('for a range of ports meets a wide access that only reaches into it', () => {
    startCode(machine, 'flat32', 'mov dx, 0x3fe\nout dx, eax\nhlt');
    processor.setCatchpoints([port(0x400, 'any', 8)]);
    expect(run()).toMatchObject({ reason: 'catchpoint', events: [{ port: 0x3fe, byteLength: 4 }] });
  });

  test('for a port stops a loop in each of its rounds, hot or not', () => {
    startCode(machine, 'flat32', 'mov ecx, 1000\nagain: out 0x80, al\nloop again\nhlt');
    processor.run({ instructions: 1500, precise: true });
    const before = state.register(RCX);
    processor.setCatchpoints([port(0x80)]);
    const rounds = [run(), run(), run()].map(({ reason }) => [reason, before - state.register(RCX)]);
    expect(rounds).toEqual(Array(3).fill(['catchpoint', rounds[2]?.[1]]));
    processor.setCatchpoints([]);
    expect(run().reason).toBe('halt');
  });

  test('for a port sees each element of a repeated string instruction', () => {
    startCode(machine, 'flat32', `mov esi, 0x${AT.data.toString(16)}\nmov ecx, 5\nmov dx, 0x80\nrep outsb\nhlt`);
    processor.setCatchpoints([port(0x80)]);
    let count = 0;
    while (run().reason === 'catchpoint') count++;
    expect(count).toBe(5);
  });

  test('for INT n stands before the handler, and knows where it came from', () => {
    startCode(machine, 'flat32', 'inc ebx\nint 0x21\nhlt');
    processor.setCatchpoints([{ kind: 'interrupt', vector: 0x21 }]);
    expect(processor.run({ instructions: 1000, precise: false })).toEqual({
      reason: 'catchpoint',
      events: [{ kind: 'interrupt', vector: 0x21, source: 'software', returnAddress: AT.code + 3 }],
    });
    expect(state.eip).toBe(AT.handlers + 16 * 0x21);
    expect(run().reason).toBe('halt');
  });

  test('for one interrupt leaves others alone, and exceptions too', () => {
    startCode(machine, 'flat32', 'int 0x22\nhlt');
    processor.setCatchpoints([{ kind: 'interrupt', vector: 0x21 }, ANY_EXCEPTION]);
    expect(run().reason).toBe('halt');
  });

  test('for interrupts sees NMI, whoever runs', () => {
    startCode(machine, 'flat32', 'again: inc ebx\njmp again');
    processor.setCatchpoints([ANY_INTERRUPT]);
    processor.requestNmi();
    expect(run()).toMatchObject({ reason: 'catchpoint', events: [{ vector: 2, source: 'nmi' }] });
  });

  test('for exceptions tells vector, error code and the instruction that faulted', () => {
    startCode(machine, 'flat32', 'inc ebx\nmov ax, 0x100\nmov ds, ax\nhlt');
    processor.setCatchpoints([ANY_EXCEPTION]);
    expect(run()).toMatchObject({
      reason: 'catchpoint',
      events: [{ kind: 'exception', vector: 13, errorCode: 0x100, returnAddress: AT.code + 5 }],
    });
    expect(machine.read32(state.register(RSP))).toBe(0x100);
  });

  test('for exceptions sees those of generated code', () => {
    startCode(machine, 'real', 'xor cx, cx\ndiv cx\nhlt');
    processor.setCatchpoints([{ kind: 'exception', vector: 0 }]);
    expect(run()).toMatchObject({ events: [{ kind: 'exception', vector: 0, errorCode: -1 }] });
  });

  test('for a control register tells what it holds now', () => {
    startCode(machine, 'flat32', 'mov eax, 0x12000\nmov cr3, eax\nmov eax, cr0\nmov cr0, eax\nhlt');
    processor.setCatchpoints([{ kind: 'control-register', register: 3 }]);
    expect(run()).toMatchObject({ events: [{ kind: 'control-register', register: 3, value: 0x12000 }], after: 8 });
    expect(run().reason).toBe('halt');
  });

  test.each([
    { source: 'mov eax, cr0\nlmsw ax', what: 'LMSW' },
    { source: 'clts', what: 'CLTS' },
  ])('for CR0 sees $what', ({ source }) => {
    startCode(machine, 'flat32', `${source}\nhlt`);
    processor.setCatchpoints([{ kind: 'control-register', register: null }]);
    expect(run()).toMatchObject({ events: [{ register: 0 }] });
  });

  test('for the mode stops when protection goes on, and not when it is only written again', () => {
    startCode(machine, 'real', 'mov eax, cr0\nmov cr0, eax\nor al, 1\nmov cr0, eax\nhlt');
    processor.setCatchpoints([MODE]);
    expect(run()).toMatchObject({
      reason: 'catchpoint',
      events: [{ kind: 'mode', from: { isProtected: false }, to: { isProtected: true, isPaging: false } }],
      after: 11,
    });
    expect(run().reason).toBe('halt');
  });

  test('tells all that one instruction did', () => {
    startCode(machine, 'real', 'mov eax, cr0\nor al, 1\nmov cr0, eax\nhlt');
    processor.setCatchpoints([MODE, { kind: 'control-register', register: 0 }]);
    expect(run()).toMatchObject({ events: [{ kind: 'mode' }, { kind: 'control-register' }] });
  });

  test('for the mode is not met by a debugger who writes CR0', () => {
    startCode(machine, 'real', 'nop\nhlt');
    processor.setCatchpoints([MODE]);
    state.setControlRegister(0, 0x11);
    processor.stateChanged();
    expect(processor.step().reason).toBe('budget');
  });

  test('is not met by an instruction that is refused', () => {
    startCode(machine, 'user32', 'out 0x80, al\nhlt');
    processor.setCatchpoints([port(0x80), { kind: 'control-register', register: null }]);
    expect(run().reason).toBe('halt');
  });

  test('is reported by a single step', () => {
    startCode(machine, 'flat32', 'out 0x80, al\nhlt');
    processor.setCatchpoints([port(0x80)]);
    expect(processor.step()).toMatchObject({ reason: 'catchpoint' });
  });
});
