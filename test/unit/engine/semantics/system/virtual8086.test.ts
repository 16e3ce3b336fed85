import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { STATE } from '../../../../../src-main/engine/state/layout.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  faultOf,
  protectedProcessor,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';

const { softwareInterrupt, interruptReturn, setInterruptFlag, popFlags, pushFlags } = systemHelpers;
const VME = 1,
  PVI = 2;
const VECTOR = 0x21;

/** With VME, a redirection bitmap that redirects everything, and an 8086 handler at 0500:0010. */
function withExtensions(iopl: 0 | 3): TestProcessor {
  const p = virtual8086Processor(iopl);
  p.state.setControlRegister(4, VME);
  p.memory.write16(PLACE.tss + 102, 0x68 + 32);
  p.state.setSegment(7, { selector: SELECTOR.tss, attributes: 0x8b, base: PLACE.tss, limit: 0x200 });
  p.memory.write32(VECTOR * 4, 0x0500_0010);
  return p;
}

describe('virtual-8086 mode below IOPL 3', () => {
  test.each<{ what: string; run: (p: TestProcessor) => void }>([
    { what: 'CLI', run: (p) => setInterruptFlag(p, 0) },
    { what: 'STI', run: (p) => setInterruptFlag(p, 1) },
    { what: 'PUSHF', run: (p) => void pushFlags(p, 16) },
    { what: 'POPF', run: (p) => popFlags(p, 2, 16) },
    { what: 'INT n', run: (p) => softwareInterrupt(p, VECTOR, 0) },
    { what: 'IRET', run: (p) => interruptReturn(p, 16) },
  ])('refuses $what with #GP(0)', ({ run }) => {
    const p = virtual8086Processor(0);
    expect(faultOf(p, () => run(p))).toBe('#GP(0)');
  });

  test('lets INT3 and INTO through to the IDT', () => {
    for (const kind of [1, 2]) {
      const p = virtual8086Processor(0);
      p.setGate(3, { kind: 'interrupt32', selector: SELECTOR.code0, offset: 0x9000, dpl: 3 });
      softwareInterrupt(p, 3, kind);
      expect(p.csEip).toBe('8:9000');
    }
  });
});

describe('virtual-8086 mode with IOPL 3', () => {
  test('INT n goes through the IDT, if the gate allows level 3', () => {
    const p = virtual8086Processor(3);
    p.setGate(VECTOR, { kind: 'interrupt32', selector: SELECTOR.code0, offset: 0x9000, dpl: 3 });
    softwareInterrupt(p, VECTOR, 0);
    expect(p.csEip).toBe('8:9000');
  });

  test('IRET restores IF, and neither IOPL nor VM', () => {
    const p = virtual8086Processor(3);
    p.putStack([0x44, 0x110, 0], 2);
    interruptReturn(p, 16);
    expect(p.csEip).toBe('110:44');
    expect(p.state.eflags).toBe(2 | FLAG.VM | FLAG.IOPL);
  });

  test('POPF changes IF and keeps IOPL', () => {
    const p = virtual8086Processor(3);
    popFlags(p, 0x0001, 16);
    expect(p.state.eflags).toBe(2 | FLAG.VM | FLAG.IOPL | FLAG.CF);
  });
});

describe('with CR4.VME below IOPL 3', () => {
  test('INT n is redirected to the 8086 handler with VIF in the place of IF and IOPL 3', () => {
    const p = withExtensions(0);
    p.state.eflags = 2 | FLAG.VM | FLAG.VIF | FLAG.TF;
    softwareInterrupt(p, VECTOR, 0);
    expect(p.csEip).toBe('500:10');
    expect(p.stackSlots(3, 2)).toEqual([0x20, 0x100, 2 | FLAG.TF | FLAG.IF | FLAG.IOPL]);
    expect(p.state.eflags).toBe(2 | FLAG.VM);
  });

  test('INT n is #GP(0) when the bitmap does not redirect it', () => {
    const p = withExtensions(0);
    p.memory.write8(PLACE.tss + 0x68 + (VECTOR >> 3), 1 << (VECTOR & 7));
    expect(faultOf(p, () => softwareInterrupt(p, VECTOR, 0))).toBe('#GP(0)');
  });

  test('CLI, STI and PUSHF work on VIF', () => {
    const p = withExtensions(0);
    setInterruptFlag(p, 1);
    expect(p.state.eflags & FLAG.VIF).toBe(FLAG.VIF);
    expect(pushFlags(p, 16) & 0xffff).toBe(2 | FLAG.IF | FLAG.IOPL);
    setInterruptFlag(p, 0);
    expect(p.state.eflags).toBe(2 | FLAG.VM | FLAG.IF);
  });

  test('POPF and IRET put IF into VIF and leave IF', () => {
    const p = withExtensions(0);
    p.state.eflags = 2 | FLAG.VM;
    popFlags(p, FLAG.IF | FLAG.CF, 16);
    expect(p.state.eflags).toBe(2 | FLAG.VM | FLAG.VIF | FLAG.CF);
    p.putStack([0x44, 0x110, 0], 2);
    interruptReturn(p, 16);
    expect([p.csEip, p.state.eflags]).toEqual(['110:44', 2 | FLAG.VM]);
  });

  test.each<{ what: string; run: (p: TestProcessor) => void }>([
    { what: 'STI', run: (p) => setInterruptFlag(p, 1) },
    { what: 'POPF that sets IF', run: (p) => popFlags(p, FLAG.IF, 16) },
    { what: 'IRET that sets IF', run: (p) => interruptReturn(p, 16) },
  ])('$what is #GP(0) while a virtual interrupt is pending', ({ run }) => {
    const p = withExtensions(0);
    p.state.eflags = 2 | FLAG.VM | FLAG.VIP;
    p.putStack([0, 0, FLAG.IF], 2);
    expect(faultOf(p, () => run(p))).toBe('#GP(0)');
  });

  test('POPF may not set TF, and the 32-bit forms stay forbidden', () => {
    const p = withExtensions(0);
    expect(faultOf(p, () => popFlags(p, FLAG.TF, 16))).toBe('#GP(0)');
    expect(faultOf(p, () => popFlags(p, 0, 32))).toBe('#GP(0)');
    expect(faultOf(p, () => void pushFlags(p, 32))).toBe('#GP(0)');
    expect(faultOf(p, () => interruptReturn(p, 32))).toBe('#GP(0)');
  });
});

test('with CR4.VME and IOPL 3 a redirected INT n clears IF itself', () => {
  const p = withExtensions(3);
  softwareInterrupt(p, VECTOR, 0);
  expect(p.csEip).toBe('500:10');
  expect(p.stackSlots(3, 2)[2]).toBe(2 | FLAG.IF | FLAG.IOPL);
  expect(p.state.eflags).toBe(2 | FLAG.VM | FLAG.IOPL);
});

test('with CR4.PVI, CLI and STI at level 3 work on VIF', () => {
  const p = protectedProcessor(3);
  p.state.setControlRegister(4, PVI);
  setInterruptFlag(p, 1);
  expect(p.state.eflags).toBe(2 | FLAG.VIF);
  expect(p.state.getInt(STATE.interruptShadow)).toBe(0);
});
