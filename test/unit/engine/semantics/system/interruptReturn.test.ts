import { describe, expect, test } from 'vitest';
import { deliverEvent } from '../../../../../src-main/engine/semantics/system/eventDelivery.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { CS, DS, ES, FS, GS, RSP, SS, STATE } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  faultOf,
  protectedProcessor,
  raisedBy,
  realProcessor,
} from '../../../../support/engine/TestProcessor.ts';
import { TYPE, segmentDescriptor } from '../../../../support/engine/descriptors.ts';

const { interruptReturn } = systemHelpers;
/** Every bit that a stack slot can hold, VM left out. */
const ALL_FLAGS = 0xffff_ffff & ~FLAG.VM;

describe('IRET in real mode', () => {
  test('of 16 bits restores the low half of EFLAGS, IOPL and NT included', () => {
    const p = realProcessor();
    p.state.eflags = 2 | FLAG.AC;
    p.putStack([0x1234, 0xf000, 0xffff], 2);
    interruptReturn(p, 16);
    expect(p.csEip).toBe('f000:1234');
    expect(p.state.register(RSP)).toBe(0x8006);
    expect(p.state.eflags).toBe(0x7fd7 | FLAG.AC);
  });

  test('of 32 bits leaves VM, VIF and VIP alone', () => {
    const p = realProcessor();
    p.putStack([0x1234, 0xf000, 0xffff_ffff], 4);
    interruptReturn(p, 32);
    expect(p.state.eflags).toBe(0x7fd7 | FLAG.RF | FLAG.AC | FLAG.ID);
  });

  test('ends the blocking of NMIs', () => {
    const p = realProcessor();
    p.state.setInt(STATE.nmiBlocked, 1);
    interruptReturn(p, 16);
    expect(p.state.getInt(STATE.nmiBlocked)).toBe(0);
  });

  test('beyond the limit is #GP', () => {
    const p = realProcessor();
    p.putStack([0x1_0000, 0, 0], 4);
    expect(faultOf(p, () => interruptReturn(p, 32))).toBe('#GP(0)');
  });
});

describe('the flags that IRETD restores in protected mode', () => {
  const plain = 2 | 0xdd5 | FLAG.NT | FLAG.RF | FLAG.AC | FLAG.ID;
  test.each([
    { cpl: 0 as const, iopl: 0, flags: plain | FLAG.IF | FLAG.IOPL | FLAG.VIF | FLAG.VIP },
    { cpl: 3 as const, iopl: 3, flags: plain | FLAG.IF | FLAG.IOPL },
    { cpl: 3 as const, iopl: 1, flags: plain | (1 << 12) },
  ])('at level $cpl with IOPL $iopl', ({ cpl, iopl, flags }) => {
    const p = protectedProcessor(cpl);
    p.state.eflags = 2 | (iopl << 12);
    p.putStack([0x4000, p.state.selector(CS), ALL_FLAGS], 4);
    interruptReturn(p, 32);
    expect(p.state.eflags).toBe(flags);
  });

  test('on the way to level 3 are those that level 0 may change', () => {
    const p = protectedProcessor();
    p.putStack([0x4000, SELECTOR.code3, 2 | FLAG.IF | FLAG.IOPL, 0xc000, SELECTOR.data3], 4);
    interruptReturn(p, 32);
    expect(p.state.eflags).toBe(2 | FLAG.IF | FLAG.IOPL);
    expect([p.csEip, p.ssEsp, p.state.cpl]).toEqual(['1b:4000', '23:c000', 3]);
  });

  test('do not include VM below level 0', () => {
    const p = protectedProcessor(3);
    p.putStack([0x4000, SELECTOR.code3, 2 | FLAG.VM], 4);
    interruptReturn(p, 32);
    expect(p.state.eflags).toBe(2);
  });
});

test.each([
  { what: 'the null selector', selector: 0, fault: '#GP(0)' },
  { what: 'data', selector: SELECTOR.data0, fault: '#GP(10)' },
  { what: 'code that is not present', selector: SELECTOR.free, fault: '#NP(80)' },
  { what: 'an offset beyond the limit', selector: SELECTOR.code16, fault: '#GP(0)' },
])('IRET to $what is $fault', ({ selector, fault }) => {
  const p = protectedProcessor();
  p.setDescriptor(SELECTOR.free, segmentDescriptor({ type: TYPE.code, isPresent: false }));
  p.putStack([0x1_0000, selector, 2], 4);
  expect(faultOf(p, () => interruptReturn(p, 32))).toBe(fault);
});

test('IRET undoes a delivery to level 0, with 16-bit and with 32-bit gates', () => {
  for (const [kind, size] of [
    ['interrupt32', 32],
    ['trap16', 16],
  ] as const) {
    const p = protectedProcessor(3);
    p.setGate(0x30, { kind, selector: SELECTOR.code0 });
    p.state.eflags = 2 | FLAG.IF | FLAG.CF | FLAG.OF;
    deliverEvent(p, { vector: 0x30, errorCode: -1, source: 'external' });
    interruptReturn(p, size);
    expect([p.csEip, p.ssEsp, p.state.eflags]).toEqual(['1b:1000', '23:d000', 2 | FLAG.IF | FLAG.CF | FLAG.OF]);
  }
});

describe('IRETD from level 0 to virtual-8086 mode', () => {
  const frame = [0x1234, 0x100, 2 | FLAG.VM | FLAG.IF, 0xfff0, 0x200, 0x300, 0x301, 0x302, 0x303];

  test('loads all six segment registers the 8086 way', () => {
    const p = protectedProcessor();
    p.putStack(frame, 4);
    interruptReturn(p, 32);
    expect(p.csEip).toBe('100:1234');
    expect(p.ssEsp).toBe('200:fff0');
    expect(p.state.cpl).toBe(3);
    expect([ES, DS, FS, GS].map((segment) => p.state.selector(segment))).toEqual([0x300, 0x301, 0x302, 0x303]);
    expect(p.state.segment(DS)).toEqual({ selector: 0x301, attributes: 0xf3, base: 0x3010, limit: 0xffff });
  });

  test('beyond 64 KiB is #GP(0)', () => {
    const p = protectedProcessor();
    p.putStack([0x1_0000, ...frame.slice(1)], 4);
    expect(faultOf(p, () => interruptReturn(p, 32))).toBe('#GP(0)');
  });

  test('is undone by an interrupt, which empties the data segment registers', () => {
    const p = protectedProcessor();
    p.setGate(0x20, { kind: 'interrupt32', selector: SELECTOR.code0, offset: 0x9000 });
    p.putStack(frame, 4);
    interruptReturn(p, 32);
    deliverEvent(p, { vector: 0x20, errorCode: -1, source: 'external' });
    expect([p.csEip, p.state.cpl]).toEqual(['8:9000', 0]);
    expect(p.state.eflags & FLAG.VM).toBe(0);
    expect(p.stackSlots(9, 4)).toEqual(frame);
    expect([DS, ES, FS, GS].map((segment) => p.state.selector(segment))).toEqual([0, 0, 0, 0]);
    expect(p.state.register(RSP)).toBe(PLACE.stack0 - 36);
  });

  test('needs a gate to level 0', () => {
    const p = protectedProcessor();
    p.setGate(0x20, { kind: 'interrupt32', selector: SELECTOR.code1 });
    p.setGate(0x21, { kind: 'interrupt32', selector: SELECTOR.conforming });
    p.putStack(frame, 4);
    interruptReturn(p, 32);
    for (const [vector, fault] of [
      [0x20, '#GP(49)'],
      [0x21, '#GP(59)'],
    ] as const) {
      expect(raisedBy(() => deliverEvent(p, { vector, errorCode: -1, source: 'external' }))).toBe(fault);
    }
    expect(p.state.selector(SS)).toBe(0x200);
  });
});
