import { describe, expect, test } from 'vitest';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { CS, DS, RAX, RBX, RCX, RSP, SS, STATE } from '../../../src-main/engine/state/layout.ts';
import {
  AT,
  SEL,
  enterMode,
  setDescriptor,
  setGate,
  startCode,
  type ModeName,
} from '../../support/engine/machineModes.ts';
import { TYPE, gateDescriptor, segmentDescriptor } from '../../support/engine/descriptors.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

const machine = createTestMachine();
const { state, processor } = machine;

/** The vector whose handler halted the machine: every handler of the test modes is a HLT of its own. */
function vectorAfter(mode: ModeName, source: string, prepare?: () => void): number {
  startCode(machine, mode, source);
  prepare?.();
  machine.runToHalt(10_000);
  return (state.eip - 1 - AT.handlers) / 16;
}

/** Error code and return EIP on the 32-bit handler's stack. */
function frame(hasErrorCode: boolean): { errorCode: number; eip: number; cs: number; eflags: number } {
  const at = state.register(RSP) + (hasErrorCode ? 4 : 0);
  return {
    errorCode: hasErrorCode ? machine.read32(at - 4) : 0,
    eip: machine.read32(at) - AT.code,
    cs: machine.read32(at + 4),
    eflags: machine.read32(at + 8),
  };
}

describe('exceptions in protected mode', () => {
  test.each([
    { name: 'divide error', source: 'nop\ndiv ebx', vector: 0, code: undefined, eip: 1 },
    { name: 'breakpoint, a trap', source: 'nop\nint3', vector: 3, code: undefined, eip: 2 },
    { name: 'overflow, a trap', source: 'mov al, 0x7f\ninc al\ninto', vector: 4, code: undefined, eip: 5 },
    { name: 'INTO without overflow goes on', source: 'into\nint 0x21', vector: 0x21, code: undefined, eip: 3 },
    { name: 'bound range', source: 'mov eax, -1\nbound eax, [0x8000]', vector: 5, code: undefined, eip: 5 },
    { name: 'undefined opcode', source: 'nop\nud2', vector: 6, code: undefined, eip: 1 },
    { name: 'LOCK where it is illegal', source: 'lock nop', vector: 6, code: undefined, eip: 0 },
    { name: 'a selector beyond the GDT', source: 'mov eax, 0x1000\nmov ds, ax', vector: 13, code: 0x1000, eip: 5 },
    { name: 'a null SS', source: 'xor eax, eax\nmov ss, ax', vector: 13, code: 0, eip: 2 },
    { name: 'an instruction of 16 bytes', source: 'times 15 db 0x26\nnop', vector: 13, code: 0, eip: 0 },
  ])('$name', ({ source, vector, code, eip }) => {
    expect(vectorAfter('flat32', source)).toBe(vector);
    const pushed = frame(code !== undefined);
    expect({ errorCode: pushed.errorCode, eip: pushed.eip, cs: pushed.cs }).toEqual({
      errorCode: code ?? 0,
      eip,
      cs: SEL.code,
    });
  });

  test('a segment that is not present raises #NP with its selector', () => {
    const prepare = (): void =>
      setDescriptor(machine, SEL.free, segmentDescriptor({ type: TYPE.data, isPresent: false }));
    expect(vectorAfter('flat32', `mov eax, ${SEL.free}\nmov ds, ax`, prepare)).toBe(11);
    expect(frame(true).errorCode).toBe(SEL.free);
    expect(state.selector(DS)).toBe(SEL.data);
  });

  test('INT through a gate of a higher privilege level raises #GP with the vector and the IDT bit', () => {
    expect(vectorAfter('user32', 'int 0x30')).toBe(13);
    expect(frame(true).errorCode).toBe(0x30 * 8 + 2);
  });

  test('a vector beyond the IDT raises #GP', () => {
    const prepare = (): void => void (state.idtr = { base: AT.idt, limit: 0x20 * 8 - 1 });
    expect(vectorAfter('flat32', 'int 0x20', prepare)).toBe(13);
    expect(frame(true).errorCode).toBe(0x20 * 8 + 2);
  });

  test('a privileged instruction in ring 3 raises #GP(0) on the inner stack', () => {
    expect(vectorAfter('user32', 'nop\nhlt')).toBe(13);
    expect(frame(true)).toMatchObject({ errorCode: 0, eip: 1, cs: SEL.code3 });
    expect(state.selector(SS)).toBe(SEL.data);
    expect(state.cpl).toBe(0);
  });
});

describe('double and triple faults', () => {
  test('a #GP whose gate is not present becomes a double fault with error code 0', () => {
    const prepare = (): void =>
      setGate(machine, 13, gateDescriptor({ kind: 'interrupt32', selector: SEL.code, isPresent: false }));
    expect(vectorAfter('flat32', 'mov eax, 0x1000\nmov ds, ax', prepare)).toBe(8);
    expect(frame(true)).toMatchObject({ errorCode: 0, eip: 5 });
  });

  test('and a shutdown when the double fault cannot be delivered either', () => {
    startCode(machine, 'flat32', 'mov eax, 0x1000\nmov ds, ax');
    for (const vector of [8, 13]) {
      setGate(machine, vector, gateDescriptor({ kind: 'interrupt32', selector: SEL.code, isPresent: false }));
    }
    expect(machine.run(1000)).toMatchObject({ reason: 'shutdown' });
  });

  test('an empty IDT shuts down at the first exception', () => {
    startCode(machine, 'flat32', 'ud2');
    state.idtr = { base: 0, limit: 0 };
    expect(machine.run(1000)).toMatchObject({ reason: 'shutdown' });
  });

  test('in real mode, vectors beyond the limit end in a shutdown', () => {
    startCode(machine, 'real', 'int 0x21');
    state.idtr = { base: 0, limit: 3 };
    expect(machine.run(1000)).toMatchObject({ reason: 'shutdown' });
  });
});

describe('interrupts', () => {
  test('in real mode push FLAGS, CS and IP and clear IF', () => {
    const vector = vectorAfter('real', 'sti\nnop\nagain: jmp again', () => machine.raiseInterrupt(0x42));
    expect(vector).toBe(0x42);
    const sp = state.register16(RSP);
    expect([machine.read16(sp), machine.read16(sp + 2)]).toEqual([AT.code + 2, 0]);
    expect(machine.read16(sp + 4) & FLAG.IF).toBe(FLAG.IF);
    expect(state.eflags & FLAG.IF).toBe(0);
  });

  test('wait for one instruction after STI', () => {
    vectorAfter('flat32', 'sti\ninc eax\ninc eax\nhlt', () => machine.raiseInterrupt(0x42));
    expect(state.register(RAX)).toBe(1);
  });

  test('that come while a run ends right behind STI wait for the next instruction, too', () => {
    startCode(machine, 'flat32', 'jmp last\ntimes 0x1000-($-$$)-1 nop\nlast: sti\ninc eax\ninc eax\nhlt');
    machine.processor.run({ instructions: 2, precise: false });
    machine.raiseInterrupt(0x42);
    const seen = [1, 1].map(() => {
      machine.run(1);
      return [state.register(RAX), state.eflags & FLAG.IF];
    });
    expect(seen).toEqual([
      [1, FLAG.IF],
      [1, 0],
    ]);
  });

  test('that the instruction behind STI raises are taken behind it', () => {
    startCode(machine, 'flat32', 'sti\nout 0x80, al\ninc eax\nhlt');
    machine.portWrite = () => machine.raiseInterrupt(0x42);
    machine.runToHalt();
    machine.portWrite = () => undefined;
    expect(state.register(RAX)).toBe(0);
  });

  test('wait for one instruction after MOV SS, which moves the stack as a whole', () => {
    const source = `mov eax, ${SEL.data}\nsti\nnop\nmov ss, ax\nmov esp, 0xe000\nhlt`;
    startCode(machine, 'flat32', source);
    machine.run(4);
    machine.raiseInterrupt(0x42);
    machine.run(1);
    expect(state.register(RSP)).toBe(0xe000);
    machine.run(1);
    expect(state.register(RSP)).toBe(0xe000 - 12);
  });

  test('end HLT, and return behind it', () => {
    startCode(machine, 'flat32', 'sti\nhlt\ninc ebx\nhlt');
    machine.load(AT.handlers + 0x42 * 16, [0x40, 0xcf]); // INC EAX, IRETD
    machine.runToHalt();
    expect(machine.run(10)).toEqual({ reason: 'halt' });
    machine.raiseInterrupt(0x42);
    machine.runToHalt();
    expect([state.register(RAX), state.register(RBX)]).toEqual([1, 1]);
  });

  test('are not taken while IF is clear, which HLT then waits for in vain', () => {
    startCode(machine, 'flat32', 'cli\nhlt');
    machine.runToHalt();
    machine.raiseInterrupt(0x42);
    expect(machine.run(10)).toEqual({ reason: 'halt' });
  });

  test('raised by a port write are taken before the instruction behind it', () => {
    startCode(machine, 'flat32', 'sti\nnop\nout 0x80, al\ninc eax\nhlt');
    machine.portWrite = () => machine.raiseInterrupt(0x42);
    machine.runToHalt();
    machine.portWrite = () => undefined;
    expect(state.register(RAX)).toBe(0);
  });

  /** Beyond RAM: a device's. */
  const DEVICE = 0x4000_0000;

  test.each([
    { access: 'a write', source: `mov [${DEVICE}], eax`, done: 0 },
    { access: 'a read', source: `mov ebx, [${DEVICE}]`, done: 0 },
    { access: 'a read-modify-write', source: `inc dword [${DEVICE}]`, done: 0 },
    { access: 'a write behind a taken jump', source: `jmp at\nat: mov [${DEVICE}], eax`, done: 0 },
    { access: 'a jump through its memory', source: `jmp [${DEVICE}]`, done: 0 },
    { access: 'a push there', source: `mov esp, ${DEVICE + 0x100}\npush eax\nmov esp, 0xf000`, done: 1 },
    { access: 'a descriptor load there', source: `lgdt [${DEVICE}]`, done: 0 },
  ])('raised by $access of device memory are taken before the instruction behind it', ({ source, done }) => {
    startCode(machine, 'flat32', `${source}\nhere: inc ecx\nhlt`);
    state.eflags = 2 | FLAG.IF;
    const raise = (): void => {
      if (machine.pendingVectors.length === 0) machine.raiseInterrupt(0x42);
    };
    machine.mmioWrite = raise;
    machine.mmioRead = (address, width) => {
      raise();
      // What the jump goes to, and LGDT loads: the table that is there.
      return address === DEVICE && width === 4 ? AT.code : AT.gdt;
    };
    machine.load(AT.handlers + 0x42 * 16, done === 0 ? [0xf4] : [0xbc, 0x00, 0xe0, 0, 0, 0xf4]);
    machine.runToHalt();
    machine.mmioRead = () => 0xff;
    machine.mmioWrite = () => undefined;
    expect(state.register(RCX)).toBe(0);
    expect(state.eip).toBeGreaterThan(AT.handlers);
  });

  test('raised by device memory in a repeated instruction are taken between two iterations, with RF set', () => {
    startCode(machine, 'flat32', 'rep stosd\nhlt');
    state.eflags = 2 | FLAG.IF;
    state.setRegister(RCX, 10);
    state.setRegister(7, DEVICE);
    let writes = 0;
    machine.mmioWrite = () => {
      if (++writes === 3) machine.raiseInterrupt(0x42);
    };
    machine.runToHalt();
    machine.mmioWrite = () => undefined;
    expect([writes, state.register(RCX)]).toEqual([3, 7]);
    expect(frame(false)).toMatchObject({ eip: 0, eflags: (2 | FLAG.IF | FLAG.RF) >>> 0 });
    expect(processor.retiredInstructions).toBe(4);
  });

  test('raised by device memory in a loop that has run often are taken in that very iteration', () => {
    startCode(machine, 'flat32', `mov ecx, 3000\nagain: mov [${DEVICE}], ecx\ninc ebx\nloop again\nhlt`);
    state.eflags = 2 | FLAG.IF;
    let writes = 0;
    machine.mmioWrite = () => {
      if (++writes === 2500) machine.raiseInterrupt(0x42);
    };
    machine.runToHalt();
    machine.mmioWrite = () => undefined;
    expect([writes, state.register(RBX), processor.retiredInstructions]).toEqual([2500, 2499, 1 + 3 * 2499 + 2]);
  });

  test('a kick by device memory ends the run behind that instruction', () => {
    startCode(machine, 'flat32', `inc eax\nmov [${DEVICE}], eax\ninc eax\ninc eax\nhlt`);
    machine.mmioWrite = () => processor.kick();
    expect(processor.run({ instructions: 1000, precise: false })).toEqual({ reason: 'kick' });
    machine.mmioWrite = () => undefined;
    expect([state.register(RAX), processor.retiredInstructions]).toEqual([1, 2]);
    machine.runToHalt();
    expect([state.register(RAX), processor.retiredInstructions]).toEqual([3, 5]);
  });

  test('of two MOV SS in a row only the first holds them off', () => {
    startCode(machine, 'flat32', 'mov ss, ax\nmov ss, ax\nmov ss, ax\ninc ebx\nhlt');
    state.setRegister(RAX, SEL.data);
    state.eflags = 2 | FLAG.IF;
    machine.run(1);
    machine.raiseInterrupt(0x42);
    machine.runToHalt();
    expect(frame(false).eip).toBe(4);
  });

  test('NMIs are taken whatever IF says, and not again before IRET', () => {
    startCode(machine, 'flat32', 'cli\nnop\nnop\nhlt');
    machine.load(AT.handlers + 2 * 16, [0x40, 0x90, 0xcf]); // INC EAX, NOP, IRETD
    processor.requestNmi();
    machine.run(1);
    processor.requestNmi();
    machine.run(1);
    expect(state.register(RAX)).toBe(1);
    machine.runToHalt();
    expect(state.register(RAX)).toBe(2);
  });
});

describe('single-stepping', () => {
  test('TF traps behind the instruction that follows POPF', () => {
    const source = 'pushfd\nor dword [esp], 0x100\npopfd\nmov eax, 5\nmov eax, 6\nhlt';
    expect(vectorAfter('flat32', source)).toBe(1);
    expect(state.register(RAX)).toBe(5);
    expect(frame(false).eflags & FLAG.TF).toBe(FLAG.TF);
    expect(state.eflags & FLAG.TF).toBe(0);
    expect(state.debugRegister(6) & 0x4000).toBe(0x4000);
  });

  test('TF traps behind each iteration of a repeated string instruction', () => {
    startCode(machine, 'flat32', 'rep stosb\nhlt');
    state.setRegister(RCX, 3);
    state.setRegister(7, AT.data);
    state.eflags = 2 | FLAG.TF;
    machine.runToHalt();
    expect(state.register(RCX)).toBe(2);
    expect(frame(false).eip).toBe(0);
  });

  test('TF ends the wait of HLT', () => {
    startCode(machine, 'flat32', 'hlt\nnop');
    state.eflags = 2 | FLAG.TF;
    machine.runToHalt();
    expect((state.eip - 1 - AT.handlers) / 16).toBe(1);
    expect(frame(false).eip).toBe(1);
  });

  test('step() executes one instruction, or one iteration', () => {
    startCode(machine, 'flat32', 'inc eax\nrep stosb\ninc eax\nhlt');
    state.setRegister(RCX, 2);
    state.setRegister(7, AT.data);
    const eips = Array.from({ length: 5 }, () => {
      processor.step();
      return state.eip - AT.code;
    });
    expect(eips).toEqual([1, 1, 3, 4, 5]);
    expect(state.getInt(STATE.halted)).toBe(1);
  });

  test('step() delivers an exception as a step of its own', () => {
    startCode(machine, 'flat32', 'ud2');
    expect(processor.step()).toEqual({ reason: 'budget' });
    expect(state.eip).toBe(AT.handlers + 6 * 16);
  });
});

/** Where the first 4 MiB of memory show again once `mapTwice` has switched paging on. */
const ALIAS = 0xc000_0000;
const OTHER = 0x8000_0000;

function mapTwice(): void {
  const directory = 0x6_0000,
    table = 0x6_1000,
    present = 7;
  const words = (values: readonly number[]): number[] => [...new Uint8Array(Uint32Array.from(values).buffer)];
  machine.load(table, words(Array.from({ length: 1024 }, (_, page) => (page << 12) | present)));
  machine.load(
    directory,
    words(Array.from({ length: 1024 }, (_, entry) => (entry % 0x100 === 0 ? table | present : 0))),
  );
  state.setControlRegister(3, directory);
  state.setControlRegister(0, state.controlRegister(0) | 0x8000_0000);
  processor.stateChanged();
}

describe('breakpoints', () => {
  const source = 'inc eax\ninc eax\ninc eax\ninc eax\nhlt';

  test('stop before the instruction, and let it pass when the run goes on', () => {
    startCode(machine, 'flat32', source);
    processor.setBreakpoints([AT.code + 2]);
    expect(machine.run(100)).toEqual({ reason: 'breakpoint', linearAddress: AT.code + 2 });
    expect(state.register(RAX)).toBe(2);
    machine.runToHalt();
    expect(state.register(RAX)).toBe(4);
  });

  test('stop where a short precise run gets to', () => {
    startCode(machine, 'flat32', source);
    processor.setBreakpoints([AT.code + 2]);
    expect(machine.run(3)).toEqual({ reason: 'breakpoint', linearAddress: AT.code + 2 });
    expect(state.register(RAX)).toBe(2);
  });

  test('stop while the guest steps itself', () => {
    startCode(machine, 'flat32', source);
    machine.load(AT.handlers + 16, [0xcf]);
    state.eflags = 2 | FLAG.TF;
    processor.setBreakpoints([AT.code + 3]);
    expect(machine.run(100)).toEqual({ reason: 'breakpoint', linearAddress: AT.code + 3 });
  });

  test('are met in a loop each time around', () => {
    startCode(machine, 'flat32', 'mov ecx, 3\nagain: inc eax\nloop again\nhlt');
    processor.setBreakpoints([AT.code + 5]);
    let met = 0;
    while (machine.run(100).reason === 'breakpoint') met++;
    expect([met, state.register(RAX)]).toEqual([3, 3]);
  });

  test.each([
    { name: 'translated at the other address before', first: OTHER, second: ALIAS },
    { name: 'translated at this address before', first: ALIAS, second: OTHER },
  ])('belong to a linear address, not to the memory behind it: $name', ({ first, second }) => {
    const eaxAfter = (base: number): number => {
      state.setRegister(RAX, 0);
      state.setInt(STATE.halted, 0);
      state.eip = base + AT.code;
      processor.stateChanged();
      machine.run(100);
      return state.register(RAX);
    };
    startCode(machine, 'flat32', source);
    mapTwice();
    processor.setBreakpoints([ALIAS + AT.code + 2]);
    const stops = { [first]: eaxAfter(first), [second]: eaxAfter(second) };
    expect(stops).toEqual({ [OTHER]: 4, [ALIAS]: 2 });
  });

  test('on a repeated string instruction stop before its first iteration alone', () => {
    startCode(machine, 'flat32', 'rep stosb\ninc eax\nhlt');
    state.setRegister(RCX, 500);
    state.setRegister(7, AT.data);
    processor.setBreakpoints([AT.code]);
    expect(machine.run(10_000)).toMatchObject({ reason: 'breakpoint' });
    for (let i = 0; i < 5; i++) expect(machine.run(7)).toEqual({ reason: 'budget' });
    machine.runToHalt();
    expect([state.register(RCX), state.register(RAX)]).toEqual([0, 1]);
  });

  test('stop at the same place again after a reset', () => {
    startCode(machine, 'flat32', source);
    processor.setBreakpoints([AT.code]);
    expect(machine.run(100)).toMatchObject({ reason: 'breakpoint' });
    processor.reset();
    enterMode(machine, 'flat32');
    expect(machine.run(100)).toMatchObject({ reason: 'breakpoint' });
  });

  test('are gone once removed', () => {
    startCode(machine, 'flat32', source);
    processor.setBreakpoints([AT.code + 2]);
    machine.run(100);
    processor.setBreakpoints([]);
    machine.runToHalt();
    expect(state.selector(CS)).toBe(SEL.code);
  });
});
