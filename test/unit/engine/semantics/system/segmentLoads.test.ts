import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import {
  CS,
  DS,
  ES,
  FS,
  INTERRUPT_SHADOW,
  SEGMENT,
  SS,
  STATE,
  segmentOffset,
} from '../../../../../src-main/engine/state/layout.ts';
import {
  SELECTOR,
  faultOf,
  protectedProcessor,
  realProcessor,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';
import { TYPE, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const { loadSegment } = systemHelpers;

describe('a segment load in real mode', () => {
  test('sets selector and base, and keeps an unreal limit', () => {
    const p = realProcessor();
    p.state.setSegment(DS, { selector: 0, attributes: 0xc093, base: 0, limit: 0xffff_ffff });
    loadSegment(p, DS, 0x1234);
    expect(p.state.segment(DS)).toEqual({ selector: 0x1234, attributes: 0xc093, base: 0x12340, limit: 0xffff_ffff });
  });

  test('makes a segment usable that protected mode had left null', () => {
    const p = realProcessor();
    p.state.setSegment(ES, { selector: 0, attributes: 0, base: 0, limit: 0xffff });
    loadSegment(p, ES, 0xb800);
    expect(p.state.segment(ES)).toEqual({ selector: 0xb800, attributes: 0x93, base: 0xb8000, limit: 0xffff });
  });

  test('ignores the upper half of the operand', () => {
    const p = realProcessor();
    loadSegment(p, DS, 0xffff_0040 | 0);
    expect(p.state.selector(DS)).toBe(0x40);
  });
});

test('a segment load in virtual-8086 mode gives a 64 KiB read/write segment of level 3', () => {
  const p = virtual8086Processor(0);
  loadSegment(p, FS, 0xf000);
  expect(p.state.segment(FS)).toEqual({ selector: 0xf000, attributes: 0xf3, base: 0xf0000, limit: 0xffff });
});

test('MOV to CS is an undefined opcode', () => {
  const p = protectedProcessor();
  expect(faultOf(p, () => loadSegment(p, CS, SELECTOR.code0))).toBe('#UD');
});

describe('the shadow of loading SS', () => {
  test.each([
    { by: 'MOV or POP', segment: SS, isLss: 0, shadow: INTERRUPT_SHADOW.movSs },
    { by: 'LSS', segment: SS, isLss: 1, shadow: 0 },
    { by: 'MOV to DS', segment: DS, isLss: 0, shadow: 0 },
  ])('is $shadow after $by', ({ segment, isLss, shadow }) => {
    const p = protectedProcessor();
    loadSegment(p, segment, SELECTOR.data0, isLss);
    expect(p.state.getInt(STATE.interruptShadow)).toBe(shadow);
  });
});

describe('loading a data segment register in protected mode', () => {
  test('caches base, limit and rights, and marks the descriptor as accessed', () => {
    const p = protectedProcessor();
    p.setDescriptor(
      SELECTOR.free,
      segmentDescriptor({ type: TYPE.data, base: 0x1234_5678, limit: 0x2_0000, isBig: false }),
    );
    loadSegment(p, DS, SELECTOR.free);
    expect(p.state.segment(DS)).toEqual({
      selector: SELECTOR.free,
      attributes: 0x93,
      base: 0x1234_5678,
      limit: 0x2_0000,
    });
    expect(p.rights(SELECTOR.free)).toBe(0x93);
  });

  test('scales a limit in pages', () => {
    const p = protectedProcessor();
    p.setDescriptor(SELECTOR.free, segmentDescriptor({ type: TYPE.data, limit: 0x1234_5fff }));
    loadSegment(p, DS, SELECTOR.free);
    expect(p.state.segmentLimit(DS)).toBe(0x1234_5fff);
  });

  test.each([0, 1, 2, 3])('accepts the null selector %i, through which nothing can be read', (selector) => {
    const p = protectedProcessor(3);
    loadSegment(p, DS, selector);
    expect(p.state.selector(DS)).toBe(selector);
    expect(p.state.getInt(segmentOffset(DS) + SEGMENT.readSpan)).toBe(-1);
  });

  test('finds local descriptors through LDTR', () => {
    const p = protectedProcessor();
    systemHelpers.loadLdt(p, SELECTOR.ldt);
    p.setDescriptor(0x08, segmentDescriptor({ type: TYPE.data, base: 0x777_0000 }), 0x4000);
    loadSegment(p, DS, 0x0c);
    expect(p.state.segmentBase(DS)).toBe(0x777_0000);
  });

  const free = SELECTOR.free;
  test.each<{ what: string; selector: number; cpl?: 0 | 3; isAbsent?: boolean; fault: string }>([
    { what: 'a selector beyond the GDT', selector: 0x100, fault: '#GP(100)' },
    { what: 'a local selector without an LDT', selector: 0x0c, fault: '#GP(c)' },
    { what: 'execute-only code', selector: SELECTOR.executeOnly, fault: '#GP(60)' },
    { what: 'a system descriptor', selector: SELECTOR.tss, fault: '#GP(28)' },
    { what: 'data more privileged than CPL', cpl: 3, selector: SELECTOR.data0, fault: '#GP(10)' },
    { what: 'data more privileged than RPL', selector: SELECTOR.data1 | 3, fault: '#GP(50)' },
    { what: 'nonconforming code more privileged than CPL', cpl: 3, selector: SELECTOR.code0, fault: '#GP(8)' },
    { what: 'a segment that is not present', selector: free, isAbsent: true, fault: '#NP(80)' },
  ])('refuses $what with $fault', ({ selector, cpl = 0, isAbsent = false, fault }) => {
    const p = protectedProcessor(cpl);
    p.setDescriptor(free, segmentDescriptor({ type: TYPE.data, isPresent: !isAbsent }));
    expect(faultOf(p, () => loadSegment(p, DS, selector))).toBe(fault);
  });

  test('accepts conforming code from any level', () => {
    const p = protectedProcessor(3);
    loadSegment(p, DS, SELECTOR.conforming | 3);
    expect(p.state.selector(DS)).toBe(SELECTOR.conforming | 3);
  });
});

describe('loading SS in protected mode', () => {
  test('takes writable data of exactly this level', () => {
    const p = protectedProcessor(3);
    p.setDescriptor(SELECTOR.free, segmentDescriptor({ type: TYPE.expandDownData, dpl: 3, limit: 0xfff }));
    loadSegment(p, SS, SELECTOR.free | 3);
    expect(p.state.selector(SS)).toBe(SELECTOR.free | 3);
  });

  test.each([
    { what: 'the null selector', selector: 3, fault: '#GP(0)' },
    { what: 'a selector beyond the GDT', selector: 0x103, fault: '#GP(100)' },
    { what: 'another RPL', selector: SELECTOR.data3 & ~3, fault: '#GP(20)' },
    { what: 'another DPL', selector: SELECTOR.data0 | 3, fault: '#GP(10)' },
    { what: 'read-only data', selector: SELECTOR.free | 3, type: TYPE.readOnlyData, fault: '#GP(80)' },
    { what: 'code', selector: SELECTOR.code3, fault: '#GP(18)' },
    { what: 'a stack that is not present', selector: SELECTOR.free | 3, isAbsent: true, fault: '#SS(80)' },
  ])('refuses $what with $fault', ({ selector, type = TYPE.data, isAbsent = false, fault }) => {
    const p = protectedProcessor(3);
    p.setDescriptor(SELECTOR.free, segmentDescriptor({ type, dpl: 3, isPresent: !isAbsent }));
    expect(faultOf(p, () => loadSegment(p, SS, selector))).toBe(fault);
  });
});
