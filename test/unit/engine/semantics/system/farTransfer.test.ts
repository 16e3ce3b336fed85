import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { CS, RSP, SS } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  faultOf,
  protectedProcessor,
  realProcessor,
  setInnerStack,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';
import { type GateFields, TYPE, gateDescriptor, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const { jumpFar, callFar } = systemHelpers;
const GATE = SELECTOR.free;
const OWN = SELECTOR.free + 8;

describe('far jumps and calls in real mode', () => {
  test('JMP loads CS and IP', () => {
    const p = realProcessor();
    jumpFar(p, 0xf000, 0x1234, 16);
    expect(p.csEip).toBe('f000:1234');
    expect(p.state.segmentBase(CS)).toBe(0xf0000);
  });

  test('JMP beyond 64 KiB is #GP', () => {
    const p = realProcessor();
    expect(faultOf(p, () => jumpFar(p, 0xf000, 0x1_0000, 32))).toBe('#GP(0)');
  });

  test.each([
    { size: 16, slot: 2 as const, sp: 0x7ffc },
    { size: 32, slot: 4 as const, sp: 0x7ff8 },
  ])('CALL with $size-bit operands pushes CS and IP', ({ size, slot, sp }) => {
    const p = realProcessor();
    callFar(p, 0x40, 0x20, size);
    expect(p.csEip).toBe('40:20');
    expect(p.state.register(RSP)).toBe(sp);
    expect(p.stackSlots(2, slot)).toEqual([0x100, 0]);
  });

  test('CALL wraps SP around 64 KiB and leaves the upper half of ESP', () => {
    const p = realProcessor();
    p.state.setRegister(RSP, 0x5555_0002);
    callFar(p, 0x40, 0x20, 16);
    expect(p.state.register(RSP)).toBe(0x5555_fffe);
    expect(p.memory.read16(0xfffe)).toBe(0x100);
  });

  test('CALL with SP = 1 is #SS', () => {
    const p = realProcessor();
    p.state.setRegister(RSP, 1);
    expect(faultOf(p, () => callFar(p, 0x40, 0x20, 16))).toBe('#SS(0)');
  });

  test('virtual-8086 mode transfers the same way, below IOPL too', () => {
    const p = virtual8086Processor(0);
    callFar(p, 0x500, 0x10, 16);
    expect(p.csEip).toBe('500:10');
    expect(p.stackSlots(2, 2)).toEqual([0x20, 0x100]);
    expect(p.state.segmentAttributes(CS)).toBe(0xf3);
  });
});

describe('a far jump to a code segment', () => {
  test('keeps CPL whatever the RPL says, and marks the segment as accessed', () => {
    const p = protectedProcessor(1);
    jumpFar(p, SELECTOR.code1 & ~3, 0x1234_5678, 32);
    expect(p.csEip).toBe('49:12345678');
    expect(p.state.cpl).toBe(1);
    expect(p.rights(SELECTOR.code1) & 1).toBe(1);
  });

  test('to conforming code keeps CPL 3', () => {
    const p = protectedProcessor(3);
    jumpFar(p, SELECTOR.conforming, 0x10, 32);
    expect(p.csEip).toBe('5b:10');
    expect(p.state.cpl).toBe(3);
  });

  test('with 16-bit operands takes 16 bits of the offset', () => {
    const p = protectedProcessor();
    jumpFar(p, SELECTOR.code16, 0xdead_beef, 16);
    expect(p.csEip).toBe('38:beef');
  });

  test.each([
    { what: 'the null selector', selector: 0, fault: '#GP(0)' },
    { what: 'a selector beyond the GDT', selector: 0x200, fault: '#GP(200)' },
    { what: 'data', selector: SELECTOR.data0, fault: '#GP(10)' },
    { what: 'an LDT', selector: SELECTOR.ldt, fault: '#GP(30)' },
    { what: 'code of another level', selector: SELECTOR.code3, fault: '#GP(18)' },
    { what: 'an RPL above CPL', selector: SELECTOR.code0 | 3, fault: '#GP(8)' },
    { what: 'code that is not present', selector: OWN, fault: '#NP(88)' },
    { what: 'an offset beyond the limit', selector: SELECTOR.code16, fault: '#GP(0)' },
    { what: 'the busy current task', selector: SELECTOR.tss, fault: '#GP(28)' },
  ])('refuses $what with $fault', ({ selector, fault }) => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.code, isPresent: false }));
    expect(faultOf(p, () => jumpFar(p, selector, 0x1_0000, 32))).toBe(fault);
    expect(faultOf(p, () => callFar(p, selector, 0x1_0000, 32))).toBe(fault);
  });

  test('refuses conforming code that is less privileged than CPL', () => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.conformingCode, dpl: 3 }));
    expect(faultOf(p, () => jumpFar(p, OWN, 0, 32))).toBe('#GP(88)');
  });
});

describe('a far call within a level', () => {
  test.each([
    { size: 32, slot: 4 as const, esp: PLACE.stack0 - 8 },
    { size: 16, slot: 2 as const, esp: PLACE.stack0 - 4 },
  ])('pushes CS and EIP in $size bits', ({ size, slot, esp }) => {
    const p = protectedProcessor();
    callFar(p, SELECTOR.conforming, 0x40, size);
    expect(p.csEip).toBe('58:40');
    expect(p.state.register(RSP)).toBe(esp);
    expect(p.stackSlots(2, slot)).toEqual([0x1000, SELECTOR.code0]);
  });

  test('onto a stack without room is #SS(0)', () => {
    const p = protectedProcessor();
    p.state.setSegment(SS, { selector: SELECTOR.data0, attributes: 0x4093, base: 0, limit: 0xfff });
    p.state.setRegister(RSP, 0x1001);
    expect(faultOf(p, () => callFar(p, SELECTOR.code0, 0, 32))).toBe('#SS(0)');
  });

  test('onto an expand-down stack stays above its limit', () => {
    const p = protectedProcessor();
    p.state.setSegment(SS, { selector: SELECTOR.data0, attributes: 0x4097, base: 0, limit: 0x7fff });
    p.state.setRegister(RSP, 0x8004);
    expect(faultOf(p, () => callFar(p, SELECTOR.code0, 0, 32))).toBe('#SS(0)');
    p.state.setRegister(RSP, 0x8008);
    callFar(p, SELECTOR.code0, 0, 32);
    expect(p.state.register(RSP)).toBe(0x8000);
  });
});

function withGate(cpl: 0 | 1 | 3, fields: Partial<GateFields> = {}): ReturnType<typeof protectedProcessor> {
  const p = protectedProcessor(cpl);
  p.setDescriptor(
    GATE,
    gateDescriptor({ kind: 'call32', selector: SELECTOR.code0, offset: 0x55_0000, dpl: 3, ...fields }),
  );
  return p;
}

describe('a call gate', () => {
  test('to a more privileged level switches stacks and copies parameters', () => {
    const p = withGate(3, { parameterCount: 2 });
    p.putStack([0x1111_1111, 0x2222_2222], 4);
    callFar(p, GATE | 3, 0xffff_ffff, 32);
    expect(p.csEip).toBe('8:550000');
    expect(p.ssEsp).toBe(`10:${(PLACE.stack0 - 24).toString(16)}`);
    expect(p.state.cpl).toBe(0);
    const frame = [0x1000, SELECTOR.code3, 0x1111_1111, 0x2222_2222, PLACE.stack3, SELECTOR.data3];
    expect(p.stackSlots(6, 4)).toEqual(frame);
  });

  test('of 16 bits pushes words', () => {
    const p = withGate(3, { kind: 'call16', offset: 0x4321, parameterCount: 1 });
    p.putStack([0xabcd], 2);
    callFar(p, GATE | 3, 0, 32);
    expect(p.csEip).toBe('8:4321');
    expect(p.stackSlots(5, 2)).toEqual([0x1000, SELECTOR.code3, 0xabcd, PLACE.stack3, SELECTOR.data3]);
  });

  test('to level 1 takes the stack of level 1', () => {
    const p = withGate(3, { selector: SELECTOR.code1 });
    callFar(p, GATE | 3, 0, 32);
    expect(p.csEip).toBe('49:550000');
    expect(p.ssEsp).toBe(`51:${(PLACE.stack1 - 16).toString(16)}`);
    expect(p.state.cpl).toBe(1);
  });

  test('to conforming code stays on its level and stack', () => {
    const p = withGate(3, { selector: SELECTOR.conforming });
    callFar(p, GATE | 3, 0, 32);
    expect(p.csEip).toBe('5b:550000');
    expect(p.ssEsp).toBe(`23:${(PLACE.stack3 - 8).toString(16)}`);
  });

  test('serves JMP on the same level', () => {
    const p = withGate(0);
    jumpFar(p, GATE, 0, 32);
    expect(p.csEip).toBe('8:550000');
  });

  test('refuses JMP to a more privileged level', () => {
    const p = withGate(3);
    expect(faultOf(p, () => jumpFar(p, GATE | 3, 0, 32))).toBe('#GP(8)');
  });

  test.each<{ what: string; gate: Partial<GateFields>; selector?: number; fault: string }>([
    { what: 'a gate above CPL', gate: { dpl: 1 }, fault: '#GP(80)' },
    { what: 'a gate that is not present', gate: { isPresent: false }, fault: '#NP(80)' },
    { what: 'a null target', gate: { selector: 3 }, fault: '#GP(0)' },
    { what: 'a target beyond the GDT', gate: { selector: 0x400 }, fault: '#GP(400)' },
    { what: 'a target that is data', gate: { selector: SELECTOR.data0 }, fault: '#GP(10)' },
    { what: 'a target that is not present', gate: { selector: OWN }, fault: '#NP(88)' },
    { what: 'an offset beyond the limit', gate: { selector: SELECTOR.code16 }, fault: '#GP(0)' },
  ])('refuses $what with $fault', ({ gate, fault }) => {
    const p = withGate(3, gate);
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.code, isPresent: false }));
    expect(faultOf(p, () => callFar(p, GATE | 3, 0, 32))).toBe(fault);
  });

  test('refuses an RPL above its DPL', () => {
    const p = withGate(0, { dpl: 0 });
    expect(faultOf(p, () => callFar(p, GATE | 1, 0, 32))).toBe('#GP(80)');
  });

  test('refuses a target less privileged than CPL', () => {
    const p = withGate(0, { selector: SELECTOR.code3 });
    expect(faultOf(p, () => callFar(p, GATE, 0, 32))).toBe('#GP(18)');
  });
});

describe('the inner stack of a call gate', () => {
  test.each([
    { what: 'a null selector', selector: 0, fault: '#TS(0)' },
    { what: 'a selector beyond the GDT', selector: 0x300, fault: '#TS(300)' },
    { what: 'the wrong RPL', selector: SELECTOR.data0 | 1, fault: '#TS(10)' },
    { what: 'the wrong DPL', selector: SELECTOR.data1 & ~3, fault: '#TS(50)' },
    { what: 'read-only data', selector: SELECTOR.readOnly, fault: '#TS(68)' },
    { what: 'a segment that is not present', selector: OWN, fault: '#SS(88)' },
    { what: 'no room', selector: OWN + 8, fault: '#SS(90)' },
  ])('with $what is $fault', ({ selector, fault }) => {
    const p = withGate(3);
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.data, isPresent: false }));
    p.setDescriptor(OWN + 8, segmentDescriptor({ type: TYPE.data, limit: 0xfff }));
    setInnerStack(p, 0, selector, 0x1008);
    expect(faultOf(p, () => callFar(p, GATE | 3, 0, 32))).toBe(fault);
  });

  test('beyond the limit of the TSS is #TS(TSS)', () => {
    const p = withGate(3);
    const task = { selector: SELECTOR.tss, attributes: 0x8b, base: PLACE.tss, limit: 8 };
    p.state.setSegment(7, task);
    expect(faultOf(p, () => callFar(p, GATE | 3, 0, 32))).toBe('#TS(28)');
  });

  test('comes as words from a 16-bit TSS', () => {
    const p = withGate(3);
    p.state.setSegment(7, { selector: SELECTOR.tss, attributes: 0x83, base: PLACE.tss, limit: 0x2b });
    p.memory.write16(PLACE.tss + 2, 0x7000);
    p.memory.write16(PLACE.tss + 4, SELECTOR.data0);
    callFar(p, GATE | 3, 0, 32);
    expect(p.ssEsp).toBe('10:6ff0');
  });
});
