import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import {
  SELECTOR,
  type TestProcessor,
  faultOf,
  protectedProcessor,
  realProcessor,
} from '../../../../support/engine/TestProcessor.ts';
import { gateDescriptor } from '../../../../support/engine/descriptors.ts';

const { accessRights, segmentLimit, verifyRead, verifyWrite } = systemHelpers;

function isZero(p: TestProcessor): boolean {
  return (p.state.eflags & FLAG.ZF) !== 0;
}

test('LAR returns the rights, present or not, and sets ZF alone', () => {
  const p = protectedProcessor();
  p.state.eflags = 2 | FLAG.CF | FLAG.OF | FLAG.AF;
  expect(accessRights(p, SELECTOR.data3)).toBe(0x00cf_f200);
  expect(p.state.eflags).toBe(2 | FLAG.CF | FLAG.OF | FLAG.AF | FLAG.ZF);
});

test('LSL returns the limit in bytes', () => {
  const p = protectedProcessor();
  expect(segmentLimit(p, SELECTOR.data0) >>> 0).toBe(0xffff_ffff);
  expect(segmentLimit(p, SELECTOR.tss)).toBe(0x67);
  expect(isZero(p)).toBe(true);
});

test('a call gate has rights and no limit', () => {
  const p = protectedProcessor();
  p.setDescriptor(SELECTOR.free, gateDescriptor({ kind: 'call32', selector: SELECTOR.code0, dpl: 3 }));
  accessRights(p, SELECTOR.free);
  expect(isZero(p)).toBe(true);
  segmentLimit(p, SELECTOR.free);
  expect(isZero(p)).toBe(false);
});

describe('what LAR cannot see', () => {
  test.each([
    { what: 'the null selector', selector: 3, cpl: 0 as const },
    { what: 'a selector beyond the GDT', selector: 0x400, cpl: 0 as const },
    { what: 'data more privileged than CPL', selector: SELECTOR.data0, cpl: 3 as const },
    { what: 'data more privileged than RPL', selector: SELECTOR.data0 | 3, cpl: 0 as const },
    { what: 'an interrupt gate', selector: SELECTOR.free, cpl: 0 as const },
  ])('$what clears ZF', ({ selector, cpl }) => {
    const p = protectedProcessor(cpl);
    p.setDescriptor(SELECTOR.free, gateDescriptor({ kind: 'interrupt32', selector: 8 }));
    p.state.eflags = 2 | FLAG.ZF;
    accessRights(p, selector);
    expect(isZero(p)).toBe(false);
  });

  test('does not include conforming code', () => {
    const p = protectedProcessor(3);
    accessRights(p, SELECTOR.conforming | 3);
    expect(isZero(p)).toBe(true);
  });
});

test.each([
  { what: 'data', selector: SELECTOR.data0, readable: true, writable: true },
  { what: 'read-only data', selector: SELECTOR.readOnly, readable: true, writable: false },
  { what: 'code', selector: SELECTOR.code0, readable: true, writable: false },
  { what: 'execute-only code', selector: SELECTOR.executeOnly, readable: false, writable: false },
  { what: 'a system segment', selector: SELECTOR.tss, readable: false, writable: false },
])('VERR and VERW of $what', ({ selector, readable, writable }) => {
  const p = protectedProcessor();
  verifyRead(p, selector);
  expect(isZero(p)).toBe(readable);
  verifyWrite(p, selector);
  expect(isZero(p)).toBe(writable);
});

test('none of them exists in real mode', () => {
  const p = realProcessor();
  for (const query of [accessRights, segmentLimit, verifyRead, verifyWrite]) {
    expect(faultOf(p, () => void query(p, 8))).toBe('#UD');
  }
});
