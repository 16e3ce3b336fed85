import { describe, expect, test } from 'vitest';
import { deliverEvent } from '../../../../../src-main/engine/semantics/system/eventDelivery.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { DS, SS } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  protectedProcessor,
  raisedBy,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';
import { gateDescriptor } from '../../../../support/engine/descriptors.ts';

const { callFar, jumpFar, returnFar, interruptReturn, loadSegment, loadLdt, loadTaskRegister } = systemHelpers;
const GATE = SELECTOR.free;

interface Operation {
  readonly what: string;
  readonly make: () => TestProcessor;
  readonly run: (p: TestProcessor) => void;
}

function withGates(cpl: 0 | 3): TestProcessor {
  const p = protectedProcessor(cpl);
  p.setDescriptor(GATE, gateDescriptor({ kind: 'call32', selector: SELECTOR.code0, dpl: 3, parameterCount: 3 }));
  p.setGate(0x20, { kind: 'interrupt32', selector: SELECTOR.code0 });
  return p;
}

function withFrame(frame: readonly number[]): TestProcessor {
  const p = withGates(0);
  p.putStack(frame, 4);
  return p;
}

function interrupt(p: TestProcessor): void {
  deliverEvent(p, { vector: 0x20, errorCode: 5, source: 'exception' });
}

const outerFrame = [0x4000, SELECTOR.code3, 2 | FLAG.IF, 0xd000, SELECTOR.data3];

const operations: readonly Operation[] = [
  { what: 'a segment load', make: () => withGates(0), run: (p) => loadSegment(p, DS, SELECTOR.data0) },
  { what: 'a stack segment load', make: () => withGates(3), run: (p) => loadSegment(p, SS, SELECTOR.data3) },
  { what: 'LLDT', make: () => withGates(0), run: (p) => loadLdt(p, SELECTOR.ldt) },
  { what: 'LTR', make: () => withGates(0), run: (p) => loadTaskRegister(p, SELECTOR.otherTss) },
  { what: 'a far jump', make: () => withGates(0), run: (p) => jumpFar(p, SELECTOR.conforming, 0, 32) },
  { what: 'a far call', make: () => withGates(0), run: (p) => callFar(p, SELECTOR.conforming, 0, 32) },
  { what: 'a far call through a gate', make: () => withGates(3), run: (p) => callFar(p, GATE | 3, 0, 32) },
  {
    what: 'a far return outwards',
    make: () => withFrame(outerFrame.filter((_, index) => index !== 2)),
    run: (p) => returnFar(p, 32, 0),
  },
  { what: 'an interrupt', make: () => withGates(0), run: interrupt },
  { what: 'an interrupt inwards', make: () => withGates(3), run: interrupt },
  {
    what: 'an interrupt out of virtual-8086 mode',
    make: () => {
      const p = virtual8086Processor(3);
      p.setGate(0x20, { kind: 'interrupt32', selector: SELECTOR.code0 });
      return p;
    },
    run: interrupt,
  },
  {
    what: 'an interrupt return',
    make: () => withFrame([0x4000, SELECTOR.code0, 2]),
    run: (p) => interruptReturn(p, 32),
  },
  { what: 'an interrupt return outwards', make: () => withFrame(outerFrame), run: (p) => interruptReturn(p, 32) },
];

/** Every page that any of them touches. */
const pages = [
  PLACE.gdt,
  PLACE.idt,
  PLACE.tss,
  PLACE.otherTss,
  PLACE.stack0 - 4,
  PLACE.stack0,
  PLACE.stack3 - 4,
  PLACE.stack3,
  0x2000,
];

/** Memory without the accessed bits of the GDT, which a processor may set before it finds a fault. */
function memoryOf(p: TestProcessor): Uint8Array {
  const bytes = p.memory.bytes.slice();
  for (let at = PLACE.gdt; at < PLACE.gdt + 0x100; at += 8) if (bytes[at + 5] & 0x10) bytes[at + 5] &= ~1;
  return bytes;
}

describe.each(operations)('a page fault in the middle of $what', ({ make, run }) => {
  test.each([
    ...pages.map((page) => ({ page, kind: 'absentPages' as const })),
    ...pages.map((page) => ({ page, kind: 'readOnlyPages' as const })),
  ])('leaves no trace when the page of $page is among the $kind', ({ page, kind }) => {
    const p = make();
    const stateBefore = p.state.bytes.slice();
    const memoryBefore = memoryOf(p);
    p.memory[kind].add(page >> 12);
    const raised = raisedBy(() => run(p));
    p.memory[kind].clear();
    if (raised === 'none') return;
    expect(raised).toMatch(/^#PF/);
    expect(Buffer.compare(stateBefore, p.state.bytes)).toBe(0);
    expect(Buffer.compare(memoryBefore, memoryOf(p))).toBe(0);
    run(p);
  });
});
