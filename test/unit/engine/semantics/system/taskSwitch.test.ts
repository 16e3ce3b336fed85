import { beforeEach, describe, expect, test } from 'vitest';
import { deliverEvent } from '../../../../../src-main/engine/semantics/system/eventDelivery.ts';
import { deliverException } from '../../../../../src-main/engine/semantics/system/exceptionDelivery.ts';
import { GuestFault } from '../../../../../src-main/engine/GuestFault.ts';
import { callFar, jumpFar } from '../../../../../src-main/engine/semantics/system/farTransfer.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { interruptReturn } from '../../../../../src-main/engine/semantics/system/interruptReturn.ts';
import { TaskSwitchFault } from '../../../../../src-main/engine/semantics/system/TaskSwitchFault.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { CS, DS, ES, FS, GS, LDTR, RAX, RDI, RSP, SS, TR } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  faultOf,
  protectedProcessor,
  raisedBy,
  tss,
} from '../../../../support/engine/TestProcessor.ts';
import { TYPE, gateDescriptor, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const AVAILABLE = 0x89,
  BUSY = 0x8b;
const GATE = SELECTOR.free;
const ABSENT = SELECTOR.free + 8;
const NEW = PLACE.otherTss;
/** Byte offsets in a 32-bit TSS. */
const AT = {
  eip: 32,
  eflags: 36,
  eax: 40,
  esp: 56,
  edi: 68,
  es: 72,
  cs: 76,
  ss: 80,
  ds: 84,
  fs: 88,
  gs: 92,
  ldt: 96,
  trap: 100,
};

let p: TestProcessor;

beforeEach(() => {
  p = protectedProcessor();
  p.memory.write32(NEW + AT.eip, 0x40_0000);
  p.memory.write32(NEW + AT.eflags, 2 | FLAG.CF);
  for (let index = 0; index < 8; index++) p.memory.write32(NEW + AT.eax + index * 4, 0xa000 + index * 0x100);
  p.memory.write32(NEW + AT.esp, 0x8800);
  p.memory.write32(NEW + AT.cs, SELECTOR.code0);
  for (const at of [AT.es, AT.ss, AT.ds, AT.fs, AT.gs]) p.memory.write32(NEW + at, SELECTOR.data0);
  p.memory.write32(NEW + AT.ldt, SELECTOR.ldt);
  p.setDescriptor(ABSENT, segmentDescriptor({ type: TYPE.data, isPresent: false }));
});

describe('a jump to a TSS', () => {
  test('saves the old task and loads the new one', () => {
    p.state.setRegister(RAX, 0x1111_2222);
    p.state.eflags = 2 | FLAG.ZF;
    jumpFar(p, SELECTOR.otherTss, 0x9999, 32);
    const saved = (at: number): number => p.memory.read32(PLACE.tss + at);
    expect([saved(AT.eip), saved(AT.eflags), saved(AT.eax), saved(AT.esp)]).toEqual([
      0x1000,
      2 | FLAG.ZF,
      0x1111_2222,
      PLACE.stack0,
    ]);
    expect([saved(AT.cs), saved(AT.ss), saved(AT.gs)]).toEqual([SELECTOR.code0, SELECTOR.data0, SELECTOR.data0]);
    expect([p.csEip, p.ssEsp]).toEqual(['8:400000', '10:8800']);
    expect([p.state.register(RAX), p.state.register(RDI), p.state.eflags]).toEqual([0xa000, 0xa700, 2 | FLAG.CF]);
    expect([p.state.selector(LDTR), p.state.selector(TR)]).toEqual([SELECTOR.ldt, SELECTOR.otherTss]);
  });

  test('frees the old TSS, takes the new one and sets CR0.TS', () => {
    jumpFar(p, SELECTOR.otherTss, 0, 32);
    expect([p.rights(SELECTOR.tss), p.rights(SELECTOR.otherTss)]).toEqual([AVAILABLE, BUSY]);
    expect(p.state.controlRegister(0)).toBe(0x19);
    expect(p.state.segmentAttributes(TR)).toBe(BUSY);
  });

  test('goes through a task gate as well', () => {
    p.setDescriptor(GATE, gateDescriptor({ kind: 'task', selector: SELECTOR.otherTss }));
    jumpFar(p, GATE, 0, 32);
    expect(p.csEip).toBe('8:400000');
  });

  test('can lead to another level', () => {
    p.memory.write32(NEW + AT.cs, SELECTOR.code3);
    for (const at of [AT.es, AT.ss, AT.ds, AT.fs, AT.gs]) p.memory.write32(NEW + at, SELECTOR.data3);
    jumpFar(p, SELECTOR.otherTss, 0, 32);
    expect([p.csEip, p.state.cpl]).toEqual(['1b:400000', 3]);
  });

  test('can lead to virtual-8086 mode', () => {
    p.memory.write32(NEW + AT.eflags, 2 | FLAG.VM);
    p.memory.write32(NEW + AT.eip, 0x40);
    p.memory.write32(NEW + AT.cs, 0x1234);
    jumpFar(p, SELECTOR.otherTss, 0, 32);
    expect([p.csEip, p.state.cpl, p.state.segmentBase(CS)]).toEqual(['1234:40', 3, 0x12340]);
  });

  test('drops local breakpoints', () => {
    p.state.setDebugRegister(7, 0x7ff);
    jumpFar(p, SELECTOR.otherTss, 0, 32);
    expect(p.state.debugRegister(7)).toBe(0x6aa);
  });
});

describe('a call to a TSS', () => {
  test('nests: both tasks are busy, NT is set, the link leads back', () => {
    callFar(p, SELECTOR.otherTss, 0, 32);
    expect([p.rights(SELECTOR.tss), p.rights(SELECTOR.otherTss)]).toEqual([BUSY, BUSY]);
    expect(p.memory.read16(NEW)).toBe(SELECTOR.tss);
    expect(p.state.eflags).toBe(2 | FLAG.CF | FLAG.NT);
  });

  test('is undone by IRET', () => {
    callFar(p, SELECTOR.otherTss, 0, 32);
    p.state.eip = 0x40_0010;
    interruptReturn(p, 32);
    expect([p.csEip, p.ssEsp, p.state.selector(TR)]).toEqual(['8:1000', '10:9000', SELECTOR.tss]);
    expect([p.rights(SELECTOR.tss), p.rights(SELECTOR.otherTss)]).toEqual([BUSY, AVAILABLE]);
    expect(p.memory.read32(NEW + AT.eip)).toBe(0x40_0010);
    expect(p.memory.read32(NEW + AT.eflags) & FLAG.NT).toBe(0);
  });
});

describe('IRET from a nested task', () => {
  test.each([
    { what: 'a local link', link: SELECTOR.otherTss | 4, fault: '#TS(74)' },
    { what: 'a link beyond the GDT', link: 0x400, fault: '#TS(400)' },
    { what: 'a link to an available TSS', link: SELECTOR.otherTss, fault: '#TS(70)' },
    { what: 'a link to data', link: SELECTOR.data0, fault: '#TS(10)' },
  ])('with $what is $fault', ({ link, fault }) => {
    p.state.eflags = 2 | FLAG.NT;
    p.memory.write16(PLACE.tss, link);
    expect(faultOf(p, () => interruptReturn(p, 32))).toBe(fault);
  });
});

describe('an event through a task gate', () => {
  test('nests and pushes its error code onto the new stack', () => {
    p.setGate(13, { kind: 'task', selector: SELECTOR.otherTss });
    expect(deliverException(p, new GuestFault(13, 0x1234))).toBe('delivered');
    expect([p.csEip, p.state.register(RSP)]).toEqual(['8:400000', 0x87fc]);
    expect(p.stackSlots(1, 4)).toEqual([0x1234]);
    expect(p.memory.read32(PLACE.tss + AT.eflags)).toBe(2 | FLAG.RF);
  });

  test.each([
    { what: 'a busy TSS', selector: SELECTOR.tss, fault: '#GP(29)' },
    { what: 'data', selector: SELECTOR.data0, fault: '#GP(11)' },
    { what: 'a local selector', selector: SELECTOR.otherTss | 4, fault: '#GP(75)' },
    { what: 'a TSS that is not present', selector: ABSENT, fault: '#NP(89)' },
  ])('to $what is $fault', ({ selector, fault }) => {
    const [low, high] = tss(NEW, TYPE.tss32);
    p.setDescriptor(ABSENT, [low, high & ~0x8000]);
    p.setGate(0x20, { kind: 'task', selector });
    const run = (): void => deliverEvent(p, { vector: 0x20, errorCode: -1, source: 'external' });
    expect(faultOf(p, run)).toBe(fault);
  });

  test('saves the double fault of a broken stack', () => {
    p.setGate(8, { kind: 'task', selector: SELECTOR.otherTss });
    p.state.setSegment(SS, { selector: SELECTOR.data0, attributes: 0x4093, base: 0, limit: 0xff });
    p.setGate(12, { kind: 'interrupt32', selector: SELECTOR.code0 });
    expect(deliverException(p, new GuestFault(12, 0))).toBe('delivered');
    expect([p.csEip, p.stackSlots(1, 4)]).toEqual(['8:400000', [0]]);
  });
});

describe('before the switch nothing changes', () => {
  test('when the new TSS is too short: #TS', () => {
    p.setDescriptor(SELECTOR.otherTss, segmentDescriptor({ type: TYPE.tss32, isSystem: true, base: NEW, limit: 102 }));
    expect(faultOf(p, () => jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe('#TS(70)');
  });

  test('when the TSS is not to be named from here: #GP', () => {
    p = protectedProcessor(3);
    expect(faultOf(p, () => jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe('#GP(70)');
  });

  test.each([
    { what: 'the new TSS is on an absent page', page: NEW, set: 'absentPages' as const, fault: '#PF(0)' },
    { what: 'the old TSS cannot be written', page: PLACE.tss, set: 'readOnlyPages' as const, fault: '#PF(3)' },
    { what: 'the GDT cannot be written', page: PLACE.gdt, set: 'readOnlyPages' as const, fault: '#PF(3)' },
  ])('when $what: $fault', ({ page, set, fault }) => {
    p.memory[set].add(page >> 12);
    expect(faultOf(p, () => jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe(fault);
  });
});

describe("after the switch faults are the new task's", () => {
  test.each([
    { what: 'a null CS', at: AT.cs, selector: 0, fault: '#TS(0)' },
    { what: 'a CS that is data', at: AT.cs, selector: SELECTOR.data0, fault: '#TS(10)' },
    { what: 'a CS whose DPL is not its RPL', at: AT.cs, selector: SELECTOR.code3 & ~3, fault: '#TS(18)' },
    { what: 'a CS beyond the GDT', at: AT.cs, selector: 0x500, fault: '#TS(500)' },
    { what: 'a null SS', at: AT.ss, selector: 0, fault: '#TS(0)' },
    { what: 'an SS of another level', at: AT.ss, selector: SELECTOR.data3, fault: '#TS(20)' },
    { what: 'an SS that is not present', at: AT.ss, selector: ABSENT, fault: '#SS(88)' },
    { what: 'a DS that cannot be read', at: AT.ds, selector: SELECTOR.executeOnly, fault: '#TS(60)' },
    { what: 'an FS that is not present', at: AT.fs, selector: ABSENT, fault: '#NP(88)' },
    { what: 'an LDT that is none', at: AT.ldt, selector: SELECTOR.data0, fault: '#TS(10)' },
  ])('$what is $fault', ({ at, selector, fault }) => {
    p.memory.write32(NEW + at, selector);
    expect(raisedBy(() => jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe(fault);
    expect([p.state.eip, p.state.selector(TR)]).toEqual([0x40_0000, SELECTOR.otherTss]);
  });

  test('they are told from others by their class', () => {
    p.memory.write32(NEW + AT.cs, 0);
    expect(() => jumpFar(p, SELECTOR.otherTss, 0, 32)).toThrow(expect.any(TaskSwitchFault));
  });

  test('and helpers deliver them in the new task', () => {
    p.setGate(10, { kind: 'task', selector: GATE });
    p.setDescriptor(GATE, tss(0x6000, TYPE.tss32));
    p.memory.bytes.copyWithin(0x6000, NEW, NEW + 0x68);
    p.memory.write32(0x6000 + AT.eip, 0x60_0000);
    p.memory.write32(NEW + AT.cs, 0);
    systemHelpers.jumpFar(p, SELECTOR.otherTss, 0, 32);
    expect([p.csEip, p.stackSlots(1, 4)]).toEqual(['8:600000', [0]]);
    expect(p.memory.read32(NEW + AT.eip)).toBe(0x40_0000);
  });

  test('and leave a helper when they end in a shutdown', () => {
    p.memory.write32(NEW + AT.cs, 0);
    expect(raisedBy(() => systemHelpers.jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe('#TS(0)');
  });

  test('and the T flag raises #DB with DR6.BT', () => {
    p.memory.write16(NEW + AT.trap, 1);
    expect(raisedBy(() => jumpFar(p, SELECTOR.otherTss, 0, 32))).toBe('#DB');
    expect(p.state.debugRegister(6)).toBe(0xffff_8ff0);
    expect(p.csEip).toBe('8:400000');
  });
});

test('a 16-bit TSS holds words, and no FS and GS', () => {
  const base = NEW;
  p.setDescriptor(SELECTOR.otherTss, segmentDescriptor({ type: TYPE.tss16, isSystem: true, base, limit: 0x2b }));
  const words = [
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0x4000,
    2,
    1,
    2,
    3,
    4,
    0x8800,
    6,
    7,
    8,
    SELECTOR.data0,
    SELECTOR.code0,
    SELECTOR.data0,
    0,
    0,
  ];
  words.forEach((word, index) => p.memory.write16(base + index * 2, word));
  jumpFar(p, SELECTOR.otherTss, 0, 32);
  expect(p.csEip).toBe('8:4000');
  expect([p.state.register16(RAX), p.state.register16(RSP)]).toEqual([1, 0x8800]);
  expect([ES, DS, FS, GS].map((segment) => p.state.selector(segment))).toEqual([SELECTOR.data0, 0, 0, 0]);
});
