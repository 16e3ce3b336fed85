import { describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { RAX, RCX, RDX } from '../../../../../src-main/engine/state/layout.ts';
import { type TestProcessor, faultOf, protectedProcessor } from '../../../../support/engine/TestProcessor.ts';

function read(p: TestProcessor, address: number): readonly [high: number, low: number] {
  p.state.setRegister(RCX, address);
  systemHelpers.readMsr(p);
  return [p.state.register(RDX), p.state.register(RAX)];
}

function write(p: TestProcessor, address: number, high: number, low: number): void {
  p.state.setRegister(RCX, address);
  p.state.setRegister(RDX, high);
  p.state.setRegister(RAX, low);
  systemHelpers.writeMsr(p);
}

/** Its registers set up, so that only the instruction itself can change anything. */
function faultOfWrite(p: TestProcessor, address: number, high: number, low: number): string {
  [RCX, RDX, RAX].forEach((register, index) => p.state.setRegister(register, [address, high, low][index]));
  return faultOf(p, () => systemHelpers.writeMsr(p));
}

function withEverything(): TestProcessor {
  const p = protectedProcessor();
  p.features = createCpuFeatures({ features: { mtrr: true, pat: true } });
  return p;
}

test('registers keep what is written', () => {
  const p = protectedProcessor();
  write(p, 0x175, 0, 0xc000_1000);
  expect(read(p, 0x175)).toEqual([0, 0xc000_1000]);
});

test("power-on values are the manual's", () => {
  const p = withEverything();
  expect(read(p, 0x1b)).toEqual([0, 0xfee0_0900]);
  expect(read(p, 0x277)).toEqual([0x0007_0406, 0x0007_0406]);
  expect(read(p, 0xfe)).toEqual([0, 0x508]);
});

test('machine checks have no banks, and a status that only zero can be written to', () => {
  const p = withEverything();
  expect(read(p, 0x179)).toEqual([0, 0]);
  write(p, 0x17a, 0, 0);
  expect(faultOfWrite(p, 0x17a, 0, 1)).toBe('#GP(0)');
});

test('the ratio of clocks is one, and not zero', () => expect(read(protectedProcessor(), 0x2c)).toEqual([0, 1 << 24]));

describe('#GP(0)', () => {
  test.each([
    { what: 'an unknown register', address: 0xc000_0081 },
    { what: 'a register of a feature that is off', address: 0x277 },
  ])('answers $what', ({ address }) => {
    const p = protectedProcessor();
    p.features = createCpuFeatures({ features: { pat: false } });
    p.state.setRegister(RCX, address);
    expect(faultOf(p, () => systemHelpers.readMsr(p))).toBe('#GP(0)');
  });

  test.each([
    { what: 'a reserved bit', address: 0x1b, high: 0, low: 1 },
    { what: 'a reserved bit of the upper half', address: 0x1b, high: 0x10, low: 0 },
    { what: 'a read-only register', address: 0xfe, high: 0, low: 1 },
    { what: 'a memory type that does not exist', address: 0x277, high: 0, low: 0x0000_0200 },
    { what: 'UC- as the type of a range', address: 0x200, high: 0, low: 7 },
  ])('answers writing $what', ({ address, high, low }) => {
    expect(faultOfWrite(withEverything(), address, high, low)).toBe('#GP(0)');
  });
});

test('EFER.NXE can be set where NX is announced, and drops all cached translations', () => {
  const p = protectedProcessor();
  write(p, 0xc000_0080, 0, 0x800);
  expect([read(p, 0xc000_0080), p.flushes]).toEqual([[0, 0x800], ['all']]);
  expect(faultOfWrite(p, 0xc000_0080, 0, 0x100)).toBe('#GP(0)');
  p.features = createCpuFeatures({ features: { nx: false } });
  expect(faultOfWrite(p, 0xc000_0080, 0, 0x800)).toBe('#GP(0)');
});

test('EFER.SCE is kept where EFER is', () => {
  const p = protectedProcessor();
  write(p, 0xc000_0080, 0, 1);
  expect(read(p, 0xc000_0080)).toEqual([0, 1]);
});

test('NX is not announced while MISC_ENABLE disables it', () => {
  const p = protectedProcessor();
  const isNxAnnounced = (): boolean => {
    p.state.setRegister(RAX, 0x8000_0001);
    systemHelpers.cpuid(p);
    return (p.state.register(RDX) & (1 << 20)) !== 0;
  };
  expect(isNxAnnounced()).toBe(true);
  write(p, 0x1a0, 4, 1);
  expect([read(p, 0x1a0), isNxAnnounced()]).toEqual([[4, 1], false]);
  write(p, 0x1a0, 0, 1);
  expect(isNxAnnounced()).toBe(true);
  expect(faultOfWrite(p, 0x1a0, 2, 1)).toBe('#GP(0)');
});

describe('the time-stamp counter', () => {
  test('is the clock, in 64 bits', () => {
    const p = protectedProcessor();
    p.now = 5 * 2 ** 32 + 7;
    systemHelpers.readTimestamp(p);
    expect([p.state.register(RDX), p.state.register(RAX)]).toEqual([5, 7]);
  });

  test('goes on from a value written to it, in all 64 bits', () => {
    const p = protectedProcessor();
    p.now = 0x1_8000_0000;
    write(p, 0x10, 0xffff_ffff, 0xffff_fff0);
    expect(read(p, 0x10)).toEqual([0xffff_ffff, 0xffff_fff0]);
    p.now += 0x20;
    expect(read(p, 0x10)).toEqual([0, 0x10]);
  });

  test('is out of reach above level 0 while CR4.TSD is set', () => {
    const p = protectedProcessor(3);
    systemHelpers.readTimestamp(p);
    p.state.setControlRegister(4, 4);
    expect(faultOf(p, () => systemHelpers.readTimestamp(p))).toBe('#GP(0)');
  });
});

test('RDPMC knows two counters and obeys CR4.PCE', () => {
  const p = protectedProcessor(3);
  expect(faultOf(p, () => systemHelpers.readPerformanceCounter(p))).toBe('#GP(0)');
  p.state.setControlRegister(4, 0x100);
  systemHelpers.readPerformanceCounter(p);
  p.state.setRegister(RCX, 2);
  expect(faultOf(p, () => systemHelpers.readPerformanceCounter(p))).toBe('#GP(0)');
});
