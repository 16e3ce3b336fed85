import { describe, expect, test } from 'vitest';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { RAX, RBX, RCX, RSP, STATE } from '../../../src-main/engine/state/layout.ts';
import { AT, SEL, startCode, type ModeName } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

/** SDM vol. 3B, chapter 18: what the guest's own breakpoints do, to the instruction. */

const machine = createTestMachine();
const { state, processor } = machine;

const EXECUTE = 0,
  WRITE = 1,
  PORT = 2,
  ACCESS = 3;
const BYTE = 0,
  WORD = 1,
  DWORD = 3;
const DR6_INITIAL = 0xffff_0ff0;
const CR4_DE = 8;

interface Watch {
  readonly address: number;
  readonly kind: number;
  readonly length?: number;
  readonly isEnabled?: boolean;
}

/** Puts breakpoints into DR0, DR1, .. and DR7. */
function arm(...watches: readonly Watch[]): void {
  let control = 0x400;
  watches.forEach(({ address, kind, length = BYTE, isEnabled = true }, index) => {
    state.setDebugRegister(index, address);
    control |= (((length << 2) | kind) << (16 + 4 * index)) | (isEnabled ? 2 << (2 * index) : 0);
  });
  state.setDebugRegister(7, control >>> 0);
  state.setDebugRegister(6, DR6_INITIAL);
  processor.stateChanged();
}

interface Trap {
  readonly vector: number;
  /** Return address, counted from the first instruction. */
  readonly eip: number;
  /** DR6's low half. */
  readonly status: number;
  readonly hasResumeFlag: boolean;
}

/** Runs until a handler halts. */
function trap(mode: ModeName = 'flat32'): Trap {
  machine.runToHalt(100_000);
  const vector = (state.eip - 1 - AT.handlers) / 16;
  const at = state.register(RSP);
  const is32Bit = mode.endsWith('32');
  const word = (slot: number): number => (is32Bit ? machine.read32(at + 4 * slot) : machine.read16(at + 2 * slot));
  return {
    vector,
    eip: word(0) - AT.code,
    status: state.debugRegister(6) & 0xe00f,
    hasResumeFlag: is32Bit && (word(2) & FLAG.RF) !== 0,
  };
}

describe('an instruction breakpoint', () => {
  const source = 'inc eax\ninc ebx\ninc ecx\nhlt';

  test('is a fault before the instruction, and pushes RF as it is', () => {
    startCode(machine, 'flat32', source);
    arm({ address: AT.code + 1, kind: EXECUTE });
    expect(trap()).toEqual({ vector: 1, eip: 1, status: 1, hasResumeFlag: false });
    expect([state.register(RAX), state.register(RBX)]).toEqual([1, 0]);
  });

  test('is met in the middle of a block that ran before', () => {
    startCode(machine, 'flat32', `mov ecx, 3\nagain: nop\ninc eax\nloop again\nhlt`);
    machine.runToHalt();
    state.eip = AT.code;
    state.setInt(STATE.halted, 0);
    arm({ address: AT.code + 6, kind: EXECUTE });
    expect(trap().eip).toBe(6);
  });

  test('is passed once by RF, which IRET sets, and met again the next time around', () => {
    startCode(machine, 'flat32', 'again: nop\ninc eax\njmp again');
    arm({ address: AT.code + 1, kind: EXECUTE });
    // OR DWORD [ESP+8], 10000h; INC EBX; CMP EBX, 5; JE +1; IRET; HLT
    machine.load(AT.handlers + 16, [0x81, 0x4c, 0x24, 0x08, 0, 0, 1, 0, 0x43, 0x83, 0xfb, 5, 0x74, 1, 0xcf, 0xf4]);
    machine.runToHalt();
    expect([state.register(RBX), state.register(RAX)]).toEqual([5, 4]);
  });

  test('without RF is met forever', () => {
    startCode(machine, 'flat32', source);
    arm({ address: AT.code + 1, kind: EXECUTE });
    machine.load(AT.handlers + 16, [0x42, 0xcf]); // INC EDX; IRETD
    expect(machine.run(1000)).toEqual({ reason: 'budget' });
    expect(state.register(RBX)).toBe(0);
  });

  test('comes before the page fault of fetching the instruction', () => {
    startCode(machine, 'flat32', 'mov eax, 0x500000\njmp eax');
    for (let page = 0; page < 1024; page++) machine.write32(0x10_0000 + 4 * page, (page << 12) | 3);
    machine.write32(0x10_1000, 0x10_0003);
    state.setControlRegister(3, 0x10_1000);
    state.setControlRegister(0, 0x8000_0011);
    arm({ address: 0x50_0000, kind: EXECUTE });
    expect(trap()).toMatchObject({ vector: 1, eip: 0x50_0000 - AT.code });
  });

  test('is held off behind MOV SS, and not behind STI', () => {
    startCode(machine, 'flat32', `mov eax, ss\nmov ss, ax\nnop\nsti\nnop\nhlt`);
    arm({ address: AT.code + 4, kind: EXECUTE }, { address: AT.code + 6, kind: EXECUTE });
    expect(trap()).toMatchObject({ vector: 1, eip: 6, status: 2 });
  });

  test('on a repeated instruction is met before the first iteration alone', () => {
    startCode(machine, 'flat32', `mov ecx, 300\nmov edi, 0x9000\nrep stosb\nhlt`);
    arm({ address: AT.code + 10, kind: EXECUTE });
    // OR DWORD [ESP+8], 10000h; INC EBX; IRETD
    machine.load(AT.handlers + 16, [0x81, 0x4c, 0x24, 0x08, 0, 0, 1, 0, 0x43, 0xcf]);
    for (let i = 0; i < 20; i++) machine.run(7);
    machine.runToHalt();
    expect([state.register(RBX), state.register(RCX)]).toEqual([1, 0]);
  });

  test('tells of breakpoints at the same place that are not enabled, too', () => {
    startCode(machine, 'flat32', source);
    const address = AT.code + 2;
    arm({ address, kind: EXECUTE, isEnabled: false }, { address, kind: EXECUTE }, { address: 1, kind: EXECUTE });
    expect(trap().status).toBe(3);
  });

  test('set by the program itself in the page that is being executed holds at once', () => {
    const enable = 'mov eax, next\nmov dr0, eax\nmov eax, 0x402\nmov dr7, eax';
    startCode(machine, 'flat32', `${enable}\nnop\nnext: inc ebx\nhlt`);
    expect(trap()).toMatchObject({ vector: 1, status: 1 });
    expect(state.register(RBX)).toBe(0);
  });

  test('is passed by a single step that a debugger makes, after #DB was delivered', () => {
    startCode(machine, 'flat32', source);
    arm({ address: AT.code, kind: EXECUTE });
    processor.step();
    expect(state.eip).toBe(AT.handlers + 16);
  });
});

describe('a data breakpoint', () => {
  test.each([
    { what: 'a write of the byte', source: 'mov byte [0x9000], 1', kind: WRITE, length: BYTE, isMet: true },
    {
      what: 'a read of it, when it is for writes',
      source: 'mov al, [0x9000]',
      kind: WRITE,
      length: BYTE,
      isMet: false,
    },
    { what: 'a read of it, when it is for both', source: 'mov al, [0x9000]', kind: ACCESS, length: BYTE, isMet: true },
    { what: 'the byte behind', source: 'mov byte [0x9001], 1', kind: WRITE, length: BYTE, isMet: false },
    { what: 'the last byte of a dword', source: 'mov byte [0x9003], 1', kind: WRITE, length: DWORD, isMet: true },
    { what: 'the byte behind a dword', source: 'mov byte [0x9004], 1', kind: WRITE, length: DWORD, isMet: false },
    { what: 'a dword that ends in it', source: 'mov dword [0x8ffd], eax', kind: WRITE, length: BYTE, isMet: true },
    { what: 'a dword that ends before it', source: 'mov dword [0x8ffc], eax', kind: WRITE, length: BYTE, isMet: false },
    { what: 'a read-modify-write', source: 'inc dword [0x9000]', kind: ACCESS, length: WORD, isMet: true },
    { what: 'the write of one', source: 'add word [0x9000], 1', kind: WRITE, length: WORD, isMet: true },
    { what: 'a push', source: 'mov esp, 0x9004\npush eax', kind: WRITE, length: BYTE, isMet: true },
    { what: 'an instruction fetch', source: 'mov esp, 0xf000', kind: ACCESS, length: BYTE, isMet: false },
    { what: 'x87 data', source: 'fninit\nfnstcw [0x9000]', kind: WRITE, length: WORD, isMet: true },
  ])('$what: met $isMet', ({ source, kind, length, isMet }) => {
    startCode(machine, 'flat32', `${source}\nnop\nhlt`);
    arm({ address: 0x9000, kind, length });
    machine.runToHalt();
    const wasMet = state.eip - 1 === AT.handlers + 16;
    expect([wasMet, state.debugRegister(6) & 15]).toEqual([isMet, isMet ? 1 : 0]);
  });

  test('is a trap behind the instruction, with RF clear', () => {
    startCode(machine, 'flat32', 'mov dword [0x9000], 7\ninc ebx\nhlt');
    arm({ address: 0x9000, kind: WRITE, length: DWORD });
    expect(trap()).toEqual({ vector: 1, eip: 10, status: 1, hasResumeFlag: false });
    expect([machine.read32(0x9000), state.register(RBX)]).toEqual([7, 0]);
  });

  test('ignores the address bits below its length', () => {
    startCode(machine, 'flat32', 'mov byte [0x9000], 1\nhlt');
    arm({ address: 0x9003, kind: WRITE, length: DWORD });
    expect(trap()).toMatchObject({ vector: 1, status: 1 });
  });

  test('reports those that are not enabled beside one that is', () => {
    startCode(machine, 'flat32', 'mov byte [0x9000], 1\nhlt');
    const address = 0x9000;
    arm({ address, kind: WRITE, isEnabled: false }, { address, kind: ACCESS }, { address: 0x9001, kind: ACCESS });
    expect(trap().status).toBe(3);
  });

  test('alone that is not enabled does nothing', () => {
    startCode(machine, 'flat32', 'mov byte [0x9000], 1\nhlt');
    arm({ address: 0x9000, kind: WRITE, isEnabled: false });
    machine.runToHalt();
    expect(state.debugRegister(6)).toBe(DR6_INITIAL);
  });

  test('of a jump through memory traps at the target', () => {
    startCode(machine, 'flat32', 'mov dword [0x9000], 0x4020\njmp [0x9000]\ntimes 16 nop\nhlt\nhlt');
    arm({ address: 0x9000, kind: ACCESS, length: DWORD });
    machine.load(AT.handlers + 16, [0x43, 0xcf]); // INC EBX; IRETD
    machine.runToHalt();
    expect(state.register(RBX)).toBe(2);
  });

  test('behind the last instruction of a page traps in the next', () => {
    startCode(machine, 'flat32', 'jmp 0x4ff6');
    machine.load(0x4ff6, [0xc7, 0x05, 0, 0x90, 0, 0, 1, 0, 0, 0, 0x43, 0xf4]);
    arm({ address: 0x9000, kind: WRITE });
    expect(trap()).toMatchObject({ vector: 1, eip: 0x1000 });
  });

  test('before a conditional jump traps each time around', () => {
    startCode(machine, 'flat32', 'mov ecx, 3\nagain: inc dword [0x9000]\nloop again\nhlt');
    arm({ address: 0x9000, kind: WRITE });
    machine.load(AT.handlers + 16, [0x43, 0xcf]);
    machine.runToHalt();
    expect([state.register(RBX), machine.read32(0x9000)]).toEqual([3, 3]);
  });

  test('in a repeated instruction traps behind the iteration, with RF set while some are left', () => {
    startCode(machine, 'flat32', 'mov edi, 0x8ff0\nmov ecx, 0x20\nrep stosb\nhlt');
    arm({ address: 0x9004, kind: WRITE });
    expect(trap()).toEqual({ vector: 1, eip: 10, status: 1, hasResumeFlag: true });
    expect(state.register(RCX)).toBe(0x20 - 0x15);
  });

  test('at the last iteration traps behind the instruction', () => {
    startCode(machine, 'flat32', 'mov edi, 0x8ff0\nmov ecx, 0x15\nrep stosb\nhlt');
    arm({ address: 0x9004, kind: WRITE });
    expect(trap()).toEqual({ vector: 1, eip: 12, status: 1, hasResumeFlag: false });
  });

  test('met by an instruction that then faults does not count', () => {
    startCode(machine, 'segmented32', 'mov esi, 0x9000\nmov edi, 0x10000\nmovsb\nhlt');
    arm({ address: 0x9000, kind: ACCESS });
    machine.runToHalt();
    expect([state.eip - 1, state.debugRegister(6)]).toEqual([AT.handlers + 13 * 16, DR6_INITIAL]);
  });

  test('met by MOV SS is put off to behind the next instruction', () => {
    startCode(machine, 'flat32', `mov word [0x9000], ${SEL.data}\nmov ss, [0x9000]\nmov esp, 0xe000\ninc ebx\nhlt`);
    arm({ address: 0x9000, kind: ACCESS });
    state.setDebugRegister(7, 0x400);
    processor.stateChanged();
    machine.run(1);
    arm({ address: 0x9000, kind: ACCESS });
    expect(trap()).toMatchObject({ vector: 1, eip: 9 + 6 + 5, status: 1 });
  });

  test('met by POP SS before INT traps at the first instruction of the handler', () => {
    startCode(machine, 'flat32', `push ${SEL.data}\npop ss\nint 0x21\nhlt`);
    arm({ address: AT.stack - 4, kind: ACCESS, isEnabled: false });
    machine.run(1);
    arm({ address: AT.stack - 4, kind: ACCESS });
    machine.runToHalt();
    expect(state.eip - 1).toBe(AT.handlers + 16);
    expect(machine.read32(state.register(RSP))).toBe(AT.handlers + 0x21 * 16);
  });

  test('met by MOV SS before INT1 traps with it, once', () => {
    startCode(machine, 'flat32', `mov word [0x9000], ${SEL.data}\nmov ss, [0x9000]\nint1\nhlt`);
    machine.run(1);
    arm({ address: 0x9000, kind: ACCESS });
    expect(trap()).toMatchObject({ vector: 1, eip: 9 + 6 + 1, status: 1 });
  });

  test('and put off is lost with the INIT pin', () => {
    startCode(machine, 'flat32', `mov word [0x9000], ${SEL.data}\nmov ss, [0x9000]\nhlt`);
    machine.run(1);
    arm({ address: 0x9000, kind: ACCESS });
    machine.run(1);
    processor.init();
    expect(processor.save().debugTraps).toBe(0);
  });

  test('joins a single step', () => {
    startCode(machine, 'flat32', 'mov byte [0x9000], 1\nhlt');
    arm({ address: 0x9000, kind: WRITE });
    state.eflags |= FLAG.TF;
    expect(trap().status).toBe(0x4001);
  });

  test('is met in a loop that has run often, in that very iteration', () => {
    startCode(machine, 'flat32', 'mov ecx, 3000\nagain: mov [0x9000 + ecx * 4], ecx\ninc ebx\nloop again\nhlt');
    arm({ address: 0x9000 + 4 * 200, kind: WRITE, length: DWORD });
    expect(trap().status).toBe(1);
    expect([state.register(RCX), state.register(RBX)]).toEqual([200, 2800]);
  });

  test('armed by a debugger while a loop runs hot is met, and an instruction breakpoint too', () => {
    for (const watch of [
      { address: 0x9000, kind: WRITE, length: DWORD },
      { address: AT.code + 5, kind: EXECUTE },
    ]) {
      startCode(machine, 'flat32', 'mov ecx, -1\nagain: mov [0x9000], ecx\ninc ebx\nloop again\nhlt');
      machine.run(10_000);
      const rounds = state.register(RBX);
      arm(watch);
      machine.runToHalt(1000);
      expect([state.eip - 1, state.register(RBX) - rounds]).toEqual([AT.handlers + 16, expect.any(Number)]);
      expect(state.register(RBX) - rounds).toBeLessThan(2);
    }
  });

  test('leaves the count of instructions exact', () => {
    startCode(machine, 'flat32', 'mov ecx, 50\nagain: inc dword [0x9000]\nnop\nloop again\nhlt');
    arm({ address: 0x9000, kind: WRITE });
    machine.load(AT.handlers + 16, [0xcf]);
    machine.runToHalt();
    // Each delivery is none of its own: IRETD is the one instruction more.
    expect(processor.retiredInstructions).toBe(1 + 50 * 4 + 1);
  });
});

describe('an I/O breakpoint', () => {
  test.each([
    { source: 'out 0x80, al', eip: 2 },
    { source: 'in al, 0x80', eip: 2 },
    { source: 'in ax, 0x80', eip: 3 },
    { source: 'in eax, 0x7e', eip: 2 },
  ])('traps behind $source', ({ source, eip }) => {
    startCode(machine, 'flat32', `${source}\nnop\nhlt`);
    state.setControlRegister(4, CR4_DE);
    arm({ address: 0x80, kind: PORT });
    expect(trap()).toEqual({ vector: 1, eip, status: 1, hasResumeFlag: false });
  });

  test('does not exist without CR4.DE', () => {
    startCode(machine, 'flat32', 'out 0x80, al\nhlt');
    state.setControlRegister(4, 0);
    arm({ address: 0x80, kind: PORT });
    machine.runToHalt();
    expect(state.eip).toBe(AT.code + 3);
  });

  test('traps in the middle of REP OUTSB', () => {
    startCode(machine, 'flat32', 'mov dx, 0x80\nmov ecx, 3\nmov esi, 0x9000\nrep outsb\nhlt');
    state.setControlRegister(4, CR4_DE);
    arm({ address: 0x80, kind: PORT });
    expect(trap()).toMatchObject({ eip: 14, status: 1, hasResumeFlag: true });
    expect(state.register(RCX)).toBe(2);
  });
});

describe('a single step', () => {
  test('traps behind STI, though interrupts are still held off there', () => {
    startCode(machine, 'flat32', 'sti\nnop\nhlt');
    state.eflags |= FLAG.TF;
    expect(trap()).toMatchObject({ vector: 1, eip: 1, status: 0x4000 });
  });

  test('is lost behind MOV SS', () => {
    startCode(machine, 'flat32', 'mov ss, ax\nnop\nhlt');
    state.setRegister(RAX, SEL.data);
    state.eflags |= FLAG.TF;
    expect(trap()).toMatchObject({ vector: 1, eip: 3 });
  });

  test('is not made of INT, whose handler begins with TF clear', () => {
    startCode(machine, 'flat32', 'int 0x21\nhlt');
    state.eflags |= FLAG.TF;
    machine.runToHalt();
    expect([state.eip - 1, state.debugRegister(6)]).toEqual([AT.handlers + 0x21 * 16, DR6_INITIAL]);
  });

  test('traps at each iteration, with RF set while some are left', () => {
    startCode(machine, 'flat32', 'rep stosb\nhlt');
    state.setRegister(RCX, 2);
    state.setRegister(7, 0x9000);
    state.eflags |= FLAG.TF;
    expect(trap()).toMatchObject({ eip: 0, hasResumeFlag: true });
  });

  test('replaces B0 to B3 of an exception before it', () => {
    startCode(machine, 'flat32', 'nop\nhlt');
    state.setDebugRegister(6, 0xffff_0fff);
    state.eflags |= FLAG.TF;
    expect(trap().status).toBe(0x4000);
  });
});

test('MOV DRn with DR7.GD set is a fault that sets BD and clears GD', () => {
  startCode(machine, 'flat32', 'nop\nmov eax, dr0\nhlt');
  state.setDebugRegister(7, 0x2400);
  state.setDebugRegister(6, DR6_INITIAL);
  processor.stateChanged();
  expect(trap()).toEqual({ vector: 1, eip: 1, status: 0x2000, hasResumeFlag: true });
  expect(state.debugRegister(7)).toBe(0x400);
});

test('a data breakpoint that the delivery of an event meets on its stack traps before the handler, in whatever pieces', () => {
  for (const pieces of [100, 1]) {
    startCode(machine, 'flat32', 'int 0x21\nhlt');
    machine.load(AT.handlers + 0x21 * 16, [0x43, 0xcf]); // INC EBX; IRETD
    arm({ address: AT.stack - 8, kind: WRITE });
    while (machine.run(pieces).reason === 'budget');
    expect(state.eip - 1).toBe(AT.handlers + 16);
    expect([machine.read32(state.register(RSP)), state.register(RBX)]).toEqual([AT.handlers + 0x21 * 16, 0]);
  }
});
