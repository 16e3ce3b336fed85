import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { CS, DS, ES, FS, GS, RSP } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  faultOf,
  protectedProcessor,
  realProcessor,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';
import { TYPE, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const { returnFar } = systemHelpers;
const OWN = SELECTOR.free;

describe('RETF in real mode', () => {
  test.each([
    { size: 16, slot: 2 as const, pop: 0, sp: 0x8004 },
    { size: 32, slot: 4 as const, pop: 0, sp: 0x8008 },
    { size: 16, slot: 2 as const, pop: 6, sp: 0x800a },
  ])('with $size-bit operands pops IP and CS and releases $pop bytes', ({ size, slot, pop, sp }) => {
    const p = realProcessor();
    p.putStack([0x1234, 0xf000], slot);
    returnFar(p, size, pop);
    expect(p.csEip).toBe('f000:1234');
    expect(p.state.register(RSP)).toBe(sp);
  });

  test('to an offset beyond the limit is #GP', () => {
    const p = realProcessor();
    p.putStack([0x1_0000, 0xf000], 4);
    expect(faultOf(p, () => returnFar(p, 32, 0))).toBe('#GP(0)');
  });

  test('from a stack whose top word wraps is #SS', () => {
    const p = realProcessor();
    p.state.setRegister(RSP, 0xffff);
    expect(faultOf(p, () => returnFar(p, 16, 0))).toBe('#SS(0)');
  });

  test('in virtual-8086 mode works alike', () => {
    const p = virtual8086Processor(0);
    p.putStack([0x10, 0x700], 2);
    returnFar(p, 16, 0);
    expect(p.csEip).toBe('700:10');
    expect(p.state.segmentBase(CS)).toBe(0x7000);
  });
});

describe('RETF to the same level', () => {
  test('releases parameters and ignores the upper half of the CS slot', () => {
    const p = protectedProcessor();
    p.putStack([0x4000, 0xffff_0000 | SELECTOR.code0], 4);
    returnFar(p, 32, 8);
    expect(p.csEip).toBe('8:4000');
    expect(p.state.register(RSP)).toBe(PLACE.stack0 + 16);
  });

  test.each([
    { what: 'the null selector', selector: 0, fault: '#GP(0)' },
    { what: 'a selector beyond the GDT', selector: 0x400, fault: '#GP(400)' },
    { what: 'data', selector: SELECTOR.data0, fault: '#GP(10)' },
    { what: 'a gate or system descriptor', selector: SELECTOR.tss, fault: '#GP(28)' },
    { what: 'a DPL other than the RPL', selector: SELECTOR.code3 & ~3, fault: '#GP(18)' },
    { what: 'code that is not present', selector: OWN, fault: '#NP(80)' },
    { what: 'an offset beyond the limit', selector: SELECTOR.code16, fault: '#GP(0)' },
  ])('refuses $what with $fault', ({ selector, fault }) => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.code, isPresent: false }));
    p.putStack([0x1_0000, selector], 4);
    expect(faultOf(p, () => returnFar(p, 32, 0))).toBe(fault);
  });

  test('refuses a more privileged level', () => {
    const p = protectedProcessor(3);
    p.putStack([0x4000, SELECTOR.code0], 4);
    expect(faultOf(p, () => returnFar(p, 32, 0))).toBe('#GP(8)');
  });
});

describe('RETF to an outer level', () => {
  test('takes the outer stack and releases parameters on both', () => {
    const p = protectedProcessor();
    p.putStack([0x4000, SELECTOR.code3, 0xaaaa, 0xbbbb, 0xd000, SELECTOR.data3], 4);
    returnFar(p, 32, 8);
    expect(p.csEip).toBe('1b:4000');
    expect(p.ssEsp).toBe('23:d008');
    expect(p.state.cpl).toBe(3);
  });

  test('empties the data segment registers that the outer level may not use', () => {
    const p = protectedProcessor();
    systemHelpers.loadSegment(p, ES, SELECTOR.data3);
    systemHelpers.loadSegment(p, FS, SELECTOR.conforming);
    systemHelpers.loadSegment(p, GS, SELECTOR.data1);
    p.putStack([0x4000, SELECTOR.code3, 0xd000, SELECTOR.data3], 4);
    returnFar(p, 32, 0);
    expect([ES, DS, FS, GS].map((segment) => p.state.selector(segment))).toEqual([
      SELECTOR.data3,
      0,
      SELECTOR.conforming,
      0,
    ]);
  });

  test('sets only SP for a 16-bit outer stack', () => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.data, dpl: 3, isBig: false, limit: 0xffff }));
    p.state.setRegister(RSP, 0x0005_9000);
    p.putStack([0x4000, SELECTOR.code3, 0x1234_5678, OWN | 3], 4);
    returnFar(p, 32, 0);
    expect(p.ssEsp).toBe('83:55678');
  });

  test.each([
    { what: 'a null stack', selector: 3, fault: '#GP(0)' },
    { what: 'a stack of another RPL', selector: SELECTOR.data3 & ~3, fault: '#GP(20)' },
    { what: 'a stack of another DPL', selector: SELECTOR.data0 | 3, fault: '#GP(10)' },
    { what: 'a stack that is code', selector: SELECTOR.code3, fault: '#GP(18)' },
    { what: 'a stack beyond the GDT', selector: 0x503, fault: '#GP(500)' },
    { what: 'a stack that is not present', selector: OWN | 3, fault: '#SS(80)' },
  ])('refuses $what with $fault', ({ selector, fault }) => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.data, dpl: 3, isPresent: false }));
    p.putStack([0x4000, SELECTOR.code3, 0xd000, selector], 4);
    expect(faultOf(p, () => returnFar(p, 32, 0))).toBe(fault);
  });

  test('undoes what a call gate did', () => {
    const p = protectedProcessor(3);
    p.setDescriptor(OWN, [0x0008_5000, 0x0000_ec02]);
    p.state.setRegister(RSP, 0xcff8);
    systemHelpers.callFar(p, OWN, 0, 32);
    expect(p.csEip).toBe('8:5000');
    returnFar(p, 32, 8);
    expect([p.csEip, p.ssEsp, p.state.cpl]).toEqual(['1b:1000', '23:d000', 3]);
  });
});
