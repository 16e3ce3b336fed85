import { describe, expect, test } from 'vitest';
import { deliverException } from '../../../../../src-main/engine/semantics/system/exceptionDelivery.ts';
import { GuestFault } from '../../../../../src-main/engine/GuestFault.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  protectedProcessor,
  realProcessor,
} from '../../../../support/engine/TestProcessor.ts';

const HANDLER = 0x70_0000;

/** With a handler for each of `vectors` at HANDLER + vector, and a gate that is not present for all others. */
function withHandlers(...vectors: readonly number[]): TestProcessor {
  const p = protectedProcessor();
  for (let vector = 0; vector < 32; vector++) {
    const isPresent = vectors.includes(vector);
    p.setGate(vector, { kind: 'interrupt32', selector: SELECTOR.code0, offset: HANDLER + vector, isPresent });
  }
  return p;
}

describe('a fault', () => {
  test('pushes RF set and its error code', () => {
    const p = withHandlers(13);
    expect(deliverException(p, new GuestFault(13, 0x18))).toBe('delivered');
    expect(p.state.eip).toBe(HANDLER + 13);
    expect(p.stackSlots(4, 4)).toEqual([0x18, 0x1000, SELECTOR.code0, 2 | FLAG.RF]);
    expect(p.state.eflags & FLAG.RF).toBe(0);
  });

  test.each([1, 3, 4, 8, 18])('does not set RF when its vector, %i, is a trap or an abort', (vector) => {
    const p = withHandlers(vector);
    deliverException(p, new GuestFault(vector, vector === 8 ? 0 : -1));
    const [flags] = p.stackSlots(4, 4).slice(vector === 8 ? 3 : 2);
    expect(flags & FLAG.RF).toBe(0);
  });

  test('of a page sets CR2', () => {
    const p = withHandlers(14);
    deliverException(p, new GuestFault(14, 2, 0xdead_b000));
    expect(p.state.controlRegister(2)).toBe(0xdead_b000);
  });
});

describe('a second fault while the first is delivered', () => {
  test.each([
    { first: 6, becomes: 11, why: 'a benign one gives way' },
    { first: 1, becomes: 11, why: 'a benign one gives way' },
    { first: 0, becomes: 8, why: 'two contributory ones are double' },
    { first: 13, becomes: 8, why: 'two contributory ones are double' },
    { first: 14, becomes: 8, why: 'a page fault and a contributory one are double' },
  ])('after vector $first arrives as vector $becomes: $why', ({ first, becomes }) => {
    const p = withHandlers(8, 11);
    expect(deliverException(p, new GuestFault(first, -1))).toBe('delivered');
    expect(p.state.eip).toBe(HANDLER + becomes);
  });

  test('names the gate that was not there, with EXT', () => {
    const p = withHandlers(11);
    deliverException(p, new GuestFault(6));
    expect(p.stackSlots(1, 4)).toEqual([6 * 8 + 3]);
  });

  test('makes a double fault whose error code is zero', () => {
    const p = withHandlers(8);
    deliverException(p, new GuestFault(13, 0x28));
    expect(p.stackSlots(2, 4)).toEqual([0, 0x1000]);
  });

  test.each([
    { first: 13, second: 'a page fault after a contributory one is delivered', becomes: 14 },
    { first: 14, second: 'a page fault after a page fault is double', becomes: 8 },
  ])('$second', ({ first, becomes }) => {
    const p = withHandlers(8, 13, 14);
    // The gate's segment lies in an LDT on a page that is not there.
    p.setGate(first, { kind: 'interrupt32', selector: 0x0c });
    p.state.setSegment(6, { selector: SELECTOR.ldt, attributes: 0x82, base: PLACE.ldt, limit: 0x7f });
    p.memory.absentPages.add(PLACE.ldt >> 12);
    expect(deliverException(p, new GuestFault(first, 0, 0x1234))).toBe('delivered');
    expect(p.state.eip).toBe(HANDLER + becomes);
    expect(p.state.controlRegister(2)).toBe(PLACE.ldt + 8);
  });
});

describe('a third fault shuts the processor down', () => {
  test('when no handler is present', () => {
    expect(deliverException(withHandlers(), new GuestFault(13, 0))).toBe('shutdown');
  });

  test('when the IDT is empty', () => {
    const p = protectedProcessor();
    p.state.idtr = { base: 0, limit: 0 };
    expect(deliverException(p, new GuestFault(6))).toBe('shutdown');
  });

  test('when the double fault meets a page fault', () => {
    const p = withHandlers(8);
    p.memory.readOnlyPages.add((PLACE.stack0 - 1) >> 12);
    expect(deliverException(p, new GuestFault(13, 0))).toBe('shutdown');
  });

  test('in real mode, when the stack has no room', () => {
    const p = realProcessor();
    p.state.setRegister(4, 3);
    expect(deliverException(p, new GuestFault(13, 0))).toBe('shutdown');
  });
});

test('a software interrupt beyond the IVT is #GP in real mode', () => {
  const p = realProcessor();
  p.state.idtr = { base: 0, limit: 15 * 4 - 1 };
  p.memory.write32(13 * 4, 0x0123_4567);
  expect(deliverException(p, new GuestFault(13, 0))).toBe('delivered');
  expect(p.csEip).toBe('123:4567');
});
