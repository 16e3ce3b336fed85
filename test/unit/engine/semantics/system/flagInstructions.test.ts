import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { STATE } from '../../../../../src-main/engine/state/layout.ts';
import { faultOf, protectedProcessor, realProcessor } from '../../../../support/engine/TestProcessor.ts';

const { popFlags, pushFlags, setInterruptFlag } = systemHelpers;

describe('POPF', () => {
  test('in real mode writes the low half, IOPL and IF included', () => {
    const p = realProcessor();
    popFlags(p, 0xffff, 16);
    expect(p.state.eflags).toBe(0x7fd7);
  });

  test('of 32 bits also writes AC and ID, and clears RF', () => {
    const p = realProcessor();
    p.state.eflags = 2 | FLAG.RF;
    popFlags(p, -1, 32);
    expect(p.state.eflags).toBe(0x7fd7 | FLAG.AC | FLAG.ID);
  });

  test.each([
    { cpl: 0 as const, iopl: 0, changed: FLAG.IF | FLAG.IOPL },
    { cpl: 1 as const, iopl: 1, changed: FLAG.IF | (1 << 12) },
    { cpl: 3 as const, iopl: 2, changed: 2 << 12 },
  ])('at level $cpl with IOPL $iopl', ({ cpl, iopl, changed }) => {
    const p = protectedProcessor(cpl);
    p.state.eflags = 2 | (iopl << 12);
    popFlags(p, FLAG.IF | FLAG.IOPL, 32);
    expect(p.state.eflags).toBe(2 | changed);
  });
});

test('PUSHF shows VM and RF as clear', () => {
  const p = protectedProcessor();
  p.state.eflags = 2 | FLAG.RF | FLAG.CF | FLAG.AC;
  expect(pushFlags(p, 32)).toBe(2 | FLAG.CF | FLAG.AC);
});

describe('CLI and STI', () => {
  test('need CPL <= IOPL', () => {
    const p = protectedProcessor(1);
    expect(faultOf(p, () => setInterruptFlag(p, 0))).toBe('#GP(0)');
    expect(faultOf(p, () => setInterruptFlag(p, 1))).toBe('#GP(0)');
    p.state.eflags = 2 | (1 << 12);
    setInterruptFlag(p, 1);
    expect(p.state.eflags & FLAG.IF).toBe(FLAG.IF);
  });

  test('STI casts a shadow only when it turns interrupts on', () => {
    const p = realProcessor();
    setInterruptFlag(p, 1);
    expect(p.state.getInt(STATE.interruptShadow)).toBe(1);
    p.state.setInt(STATE.interruptShadow, 0);
    setInterruptFlag(p, 1);
    expect(p.state.getInt(STATE.interruptShadow)).toBe(0);
  });
});
