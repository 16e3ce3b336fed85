import { describe, expect, test } from 'vitest';
import { type EventSource, deliverEvent } from '../../../../../src-main/engine/semantics/system/eventDelivery.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { RSP, SS, STATE } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  faultOf,
  protectedProcessor,
  realProcessor,
  setInnerStack,
} from '../../../../support/engine/TestProcessor.ts';
import { type GateFields, TYPE, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const OWN = SELECTOR.free;
const VECTOR = 0x21;

function deliver(p: TestProcessor, source: EventSource, errorCode = -1, vector = VECTOR): void {
  deliverEvent(p, { vector, errorCode, source });
}

describe('an interrupt in real mode', () => {
  test('pushes FLAGS, CS and IP and goes where the vector table says', () => {
    const p = realProcessor();
    p.memory.write32(VECTOR * 4, 0xf000_1234);
    p.state.eflags = 2 | FLAG.CF | FLAG.IF | FLAG.TF | FLAG.DF | FLAG.AC;
    deliver(p, 'external');
    expect(p.csEip).toBe('f000:1234');
    expect(p.state.register(RSP)).toBe(0x7ffa);
    expect(p.stackSlots(3, 2)).toEqual([0x100, 0, 0x703]);
    expect(p.state.eflags).toBe(2 | FLAG.CF | FLAG.DF);
  });

  test('pushes no error code', () => {
    const p = realProcessor();
    deliver(p, 'exception', 0x55, 13);
    expect(p.state.register(RSP)).toBe(0x7ffa);
  });

  test('finds the vector table where LIDT put it', () => {
    const p = realProcessor();
    p.state.idtr = { base: 0x5000, limit: 0x3ff };
    p.memory.write32(0x5000 + VECTOR * 4, 0x0040_0020);
    deliver(p, 'external');
    expect(p.csEip).toBe('40:20');
  });

  test('beyond the limit of the vector table is #GP', () => {
    const p = realProcessor();
    p.state.idtr = { base: 0, limit: VECTOR * 4 + 2 };
    expect(faultOf(p, () => deliver(p, 'external'))).toBe('#GP(0)');
  });

  test('without room on the stack is #SS', () => {
    const p = realProcessor();
    p.state.setRegister(RSP, 5);
    expect(faultOf(p, () => deliver(p, 'external'))).toBe('#SS(0)');
  });

  test('ends HLT and the interrupt shadow; an NMI blocks the next one', () => {
    const p = realProcessor();
    p.state.setInt(STATE.halted, 1);
    p.state.setInt(STATE.interruptShadow, 1);
    deliver(p, 'nmi', -1, 2);
    const fields = [STATE.halted, STATE.interruptShadow, STATE.nmiBlocked].map((field) => p.state.getInt(field));
    expect(fields).toEqual([0, 0, 1]);
  });
});

function withGate(cpl: 0 | 1 | 3, fields: Partial<GateFields> = {}): TestProcessor {
  const p = protectedProcessor(cpl);
  p.setGate(VECTOR, { kind: 'interrupt32', selector: SELECTOR.code0, offset: 0x66_0000, ...fields });
  p.state.eflags = 2 | FLAG.IF | FLAG.TF | FLAG.NT | FLAG.ZF;
  return p;
}

const FLAGS_PUSHED = 2 | FLAG.IF | FLAG.TF | FLAG.NT | FLAG.ZF;

describe('an interrupt through a gate to the same level', () => {
  test.each([
    { kind: 'interrupt32' as const, slot: 4 as const, flagsAfter: 2 | FLAG.ZF },
    { kind: 'trap32' as const, slot: 4 as const, flagsAfter: 2 | FLAG.ZF | FLAG.IF },
    { kind: 'interrupt16' as const, slot: 2 as const, flagsAfter: 2 | FLAG.ZF },
    { kind: 'trap16' as const, slot: 2 as const, flagsAfter: 2 | FLAG.ZF | FLAG.IF },
  ])('$kind pushes its frame and clears flags', ({ kind, slot, flagsAfter }) => {
    const p = withGate(0, { kind, offset: 0x6600 });
    deliver(p, 'external');
    expect(p.csEip).toBe('8:6600');
    expect(p.state.register(RSP)).toBe(PLACE.stack0 - 3 * slot);
    expect(p.stackSlots(3, slot)).toEqual([0x1000, SELECTOR.code0, FLAGS_PUSHED]);
    expect(p.state.eflags).toBe(flagsAfter);
  });

  test('pushes the error code last', () => {
    const p = withGate(0);
    deliver(p, 'exception', 0xabc);
    expect(p.stackSlots(2, 4)).toEqual([0xabc, 0x1000]);
  });

  test('takes conforming code on the current level', () => {
    const p = withGate(3, { selector: SELECTOR.conforming });
    deliver(p, 'external');
    expect([p.csEip, p.state.cpl]).toEqual(['5b:660000', 3]);
  });

  test('without room on the stack is #SS(EXT)', () => {
    const p = withGate(0);
    p.state.setSegment(SS, { selector: SELECTOR.data0, attributes: 0x4093, base: 0, limit: 0xff });
    expect(faultOf(p, () => deliver(p, 'external'))).toBe('#SS(1)');
  });
});

describe('an interrupt through a gate to a more privileged level', () => {
  test('switches to the stack in the TSS', () => {
    const p = withGate(3);
    deliver(p, 'exception', 4);
    expect(p.csEip).toBe('8:660000');
    expect(p.ssEsp).toBe(`10:${(PLACE.stack0 - 24).toString(16)}`);
    expect(p.stackSlots(6, 4)).toEqual([4, 0x1000, SELECTOR.code3, FLAGS_PUSHED, PLACE.stack3, SELECTOR.data3]);
    expect(p.state.cpl).toBe(0);
  });

  test('pushes words through a 16-bit gate', () => {
    const p = withGate(3, { kind: 'interrupt16', offset: 0x6600 });
    deliver(p, 'external');
    expect(p.stackSlots(5, 2)).toEqual([0x1000, SELECTOR.code3, FLAGS_PUSHED & 0xffff, PLACE.stack3, SELECTOR.data3]);
  });

  test.each([
    { what: 'a null selector', selector: 0, fault: '#TS(1)' },
    { what: 'a selector beyond the GDT', selector: 0x300, fault: '#TS(301)' },
    { what: 'the wrong level', selector: SELECTOR.data1, fault: '#TS(51)' },
    { what: 'a segment that is not present', selector: OWN, fault: '#SS(81)' },
  ])('reports a stack with $what as $fault', ({ selector, fault }) => {
    const p = withGate(3);
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.data, isPresent: false }));
    setInnerStack(p, 0, selector, PLACE.stack0);
    expect(faultOf(p, () => deliver(p, 'external'))).toBe(fault);
  });
});

describe('a bad gate', () => {
  test.each<{ what: string; gate: Partial<GateFields>; external: string; software: string }>([
    { what: 'not present', gate: { isPresent: false, dpl: 3 }, external: '#NP(10b)', software: '#NP(10a)' },
    { what: 'a call gate', gate: { kind: 'call32', dpl: 3 }, external: '#GP(10b)', software: '#GP(10a)' },
    { what: 'with a null selector', gate: { selector: 0, dpl: 3 }, external: '#GP(1)', software: '#GP(0)' },
    {
      what: 'with a selector beyond the GDT',
      gate: { selector: 0x400, dpl: 3 },
      external: '#GP(401)',
      software: '#GP(400)',
    },
    { what: 'to data', gate: { selector: SELECTOR.data0, dpl: 3 }, external: '#GP(11)', software: '#GP(10)' },
    { what: 'to absent code', gate: { selector: OWN, dpl: 3 }, external: '#NP(81)', software: '#NP(80)' },
    {
      what: 'beyond the code limit',
      gate: { selector: SELECTOR.code16, dpl: 3 },
      external: '#GP(1)',
      software: '#GP(0)',
    },
  ])('$what is $external for an interrupt and $software for INT n', ({ gate, external, software }) => {
    const p = withGate(3, gate);
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.code, isPresent: false }));
    expect(faultOf(p, () => deliver(p, 'external'))).toBe(external);
    expect(faultOf(p, () => systemHelpers.softwareInterrupt(p, VECTOR, 0))).toBe(software);
  });

  test('to a less privileged level is #GP', () => {
    const p = withGate(0, { selector: SELECTOR.code3 });
    expect(faultOf(p, () => deliver(p, 'external'))).toBe('#GP(19)');
  });

  test('beyond the limit of the IDT is #GP', () => {
    const p = withGate(0);
    p.state.idtr = { base: PLACE.idt, limit: VECTOR * 8 + 6 };
    expect(faultOf(p, () => deliver(p, 'external'))).toBe('#GP(10b)');
  });
});

describe('the DPL of a gate', () => {
  test.each([
    { instruction: 'INT n', kind: 0 },
    { instruction: 'INT3', kind: 1 },
    { instruction: 'INTO', kind: 2 },
  ])('keeps out $instruction from level 3', ({ kind }) => {
    const p = withGate(3, { dpl: 1 });
    expect(faultOf(p, () => systemHelpers.softwareInterrupt(p, VECTOR, kind))).toBe('#GP(10a)');
  });

  test('does not matter to INT1, nor to interrupts', () => {
    const p = withGate(3, { dpl: 0 });
    systemHelpers.softwareInterrupt(p, VECTOR, 3);
    expect(p.csEip).toBe('8:660000');
  });

  test('lets in INT n when it is 3', () => {
    const p = withGate(3, { dpl: 3 });
    systemHelpers.softwareInterrupt(p, VECTOR, 0);
    expect(p.csEip).toBe('8:660000');
    expect(p.counts.get('softwareInterrupt')).toBe(1);
  });
});

test('delivering #DB clears the general-detect bit of DR7', () => {
  const p = withGate(0);
  p.setGate(1, { kind: 'interrupt32', selector: SELECTOR.code0 });
  p.state.setDebugRegister(7, 0x2400);
  deliver(p, 'exception', -1, 1);
  expect(p.state.debugRegister(7)).toBe(0x400);
});
