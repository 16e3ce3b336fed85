import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { LDTR, TR } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  faultOf,
  protectedProcessor,
  realProcessor,
  tss,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';
import { TYPE, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const { loadDescriptorTable, loadLdt, loadTaskRegister } = systemHelpers;
const OWN = SELECTOR.free;

test('LGDT and LIDT load base and limit', () => {
  const p = realProcessor();
  loadDescriptorTable(p, 0, 0x8000_0000 | 0, 0xffff);
  loadDescriptorTable(p, 1, 0x1000, 0x7ff);
  expect([p.state.gdtr, p.state.idtr]).toEqual([
    { base: 0x8000_0000, limit: 0xffff },
    { base: 0x1000, limit: 0x7ff },
  ]);
});

describe('LLDT', () => {
  test('loads base and limit', () => {
    const p = protectedProcessor();
    loadLdt(p, SELECTOR.ldt);
    expect(p.state.segment(LDTR)).toEqual({ selector: SELECTOR.ldt, attributes: 0x82, base: PLACE.ldt, limit: 0x7f });
  });

  test('of the null selector leaves no LDT', () => {
    const p = protectedProcessor();
    loadLdt(p, 0);
    expect(p.state.segmentAttributes(LDTR)).toBe(0);
  });

  test.each([
    { what: 'a local selector', selector: SELECTOR.ldt | 4, fault: '#GP(34)' },
    { what: 'a selector beyond the GDT', selector: 0x200, fault: '#GP(200)' },
    { what: 'a TSS', selector: SELECTOR.tss, fault: '#GP(28)' },
    { what: 'a data segment', selector: SELECTOR.data0, fault: '#GP(10)' },
    { what: 'an LDT that is not present', selector: OWN, fault: '#NP(80)' },
  ])('refuses $what with $fault', ({ selector, fault }) => {
    const p = protectedProcessor();
    p.setDescriptor(OWN, segmentDescriptor({ type: TYPE.ldt, isSystem: true, isPresent: false }));
    expect(faultOf(p, () => loadLdt(p, selector))).toBe(fault);
  });
});

describe('LTR', () => {
  test('marks the TSS as busy, in memory and in the register', () => {
    const p = protectedProcessor();
    loadTaskRegister(p, SELECTOR.otherTss);
    expect(p.state.segment(TR)).toEqual({
      selector: SELECTOR.otherTss,
      attributes: 0x8b,
      base: PLACE.otherTss,
      limit: 0x67,
    });
    expect(p.rights(SELECTOR.otherTss)).toBe(0x8b);
  });

  test.each([
    { what: 'the null selector', selector: 0, fault: '#GP(0)' },
    { what: 'a local selector', selector: SELECTOR.otherTss | 4, fault: '#GP(74)' },
    { what: 'a busy TSS', selector: SELECTOR.tss, fault: '#GP(28)' },
    { what: 'an LDT', selector: SELECTOR.ldt, fault: '#GP(30)' },
    { what: 'a TSS that is not present', selector: OWN, fault: '#NP(80)' },
  ])('refuses $what with $fault', ({ selector, fault }) => {
    const p = protectedProcessor();
    const [low, high] = tss(PLACE.otherTss, TYPE.tss32);
    p.setDescriptor(OWN, [low, high & ~0x8000]);
    expect(faultOf(p, () => loadTaskRegister(p, selector))).toBe(fault);
  });
});

test('LLDT and LTR do not exist in real and virtual-8086 mode, and need level 0', () => {
  for (const p of [realProcessor(), virtual8086Processor(3)]) {
    expect(faultOf(p, () => loadLdt(p, 0))).toBe('#UD');
    expect(faultOf(p, () => loadTaskRegister(p, 0))).toBe('#UD');
  }
  const p = protectedProcessor(3);
  expect(faultOf(p, () => loadLdt(p, 0))).toBe('#GP(0)');
  expect(faultOf(p, () => loadTaskRegister(p, SELECTOR.otherTss))).toBe('#GP(0)');
});
