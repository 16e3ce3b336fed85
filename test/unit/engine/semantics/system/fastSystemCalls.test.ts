import { describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import { CS, RAX, RCX, RDX } from '../../../../../src-main/engine/state/layout.ts';
import {
  type TestProcessor,
  faultOf,
  protectedProcessor,
  realProcessor,
} from '../../../../support/engine/TestProcessor.ts';

const { sysenter, sysexit } = systemHelpers;

function withTarget(cpl: 0 | 3): TestProcessor {
  const p = protectedProcessor(cpl);
  p.state.cpl = 0;
  for (const [address, value] of [
    [0x174, 0x08],
    [0x175, 0x9000],
    [0x176, 0x40_0000],
  ] as const) {
    p.state.setRegister(RCX, address);
    p.state.setRegister(RAX, value);
    p.state.setRegister(RDX, 0);
    systemHelpers.writeMsr(p);
  }
  p.state.cpl = cpl;
  return p;
}

test('SYSENTER goes to level 0 with flat segments and interrupts off', () => {
  const p = withTarget(3);
  p.state.eflags = 2 | FLAG.IF | FLAG.RF | FLAG.CF;
  sysenter(p);
  expect([p.csEip, p.ssEsp, p.state.cpl, p.state.eflags]).toEqual(['8:400000', '10:9000', 0, 2 | FLAG.CF]);
  expect(p.state.segment(CS)).toEqual({ selector: 8, attributes: 0xc09b, base: 0, limit: 0xffff_ffff });
});

test('SYSEXIT goes to level 3 at EDX with ECX as the stack', () => {
  const p = withTarget(0);
  p.state.setRegister(RCX, 0xb000);
  p.state.setRegister(RDX, 0x1234);
  sysexit(p);
  expect([p.csEip, p.ssEsp, p.state.cpl]).toEqual(['1b:1234', '23:b000', 3]);
});

describe('faults', () => {
  test('#GP(0) without a code selector, and in real mode', () => {
    const p = protectedProcessor();
    expect(faultOf(p, () => sysenter(p))).toBe('#GP(0)');
    expect(faultOf(p, () => sysexit(p))).toBe('#GP(0)');
    const real = realProcessor();
    expect(faultOf(real, () => sysenter(real))).toBe('#GP(0)');
  });

  test('#GP(0) for SYSEXIT above level 0', () => {
    const p = withTarget(3);
    expect(faultOf(p, () => sysexit(p))).toBe('#GP(0)');
  });

  test('#UD when CPUID does not announce them', () => {
    const p = withTarget(0);
    p.features = createCpuFeatures({ features: { sep: false } });
    expect(faultOf(p, () => sysenter(p))).toBe('#UD');
  });
});
