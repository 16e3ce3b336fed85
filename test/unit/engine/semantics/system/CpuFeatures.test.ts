import { describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../../../src-main/engine/semantics/system/CpuFeatures.ts';
import type { CpuFeatures } from '../../../../../src-main/engine/semantics/system/SystemContext.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { RAX, RBX, RCX, RDX } from '../../../../../src-main/engine/state/layout.ts';
import { realProcessor } from '../../../../support/engine/TestProcessor.ts';

function text(...words: readonly number[]): string {
  return String.fromCharCode(...words.flatMap((word) => [0, 8, 16, 24].map((by) => (word >>> by) & 0xff)));
}

/** Leaf 1's EDX and ECX. */
function announced(features: CpuFeatures): [edx: number, ecx: number] {
  const [, , ecx, edx] = features.cpuid(1, 0);
  return [edx, ecx];
}

function setBits(word: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (word >>> bit) & 1);
}

test('the vendor string comes in EBX, EDX, ECX', () => {
  const [eax, ebx, ecx, edx] = createCpuFeatures().cpuid(0, 0);
  expect([eax, text(ebx, edx, ecx)]).toEqual([2, 'GenuineIntel']);
});

test('leaf 1 announces a Pentium 4 and what works', () => {
  const [eax, , ecx, edx] = createCpuFeatures().cpuid(1, 0);
  expect(eax).toBe(0xf34);
  // FPU VME DE PSE TSC MSR PAE MCE CX8 SEP MTRR PGE MCA CMOV PAT PSE-36 CLFSH MMX FXSR SSE SSE2.
  expect(setBits(edx)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 19, 23, 24, 25, 26]);
  // SSE3 SSSE3 POPCNT, hypervisor.
  expect(setBits(ecx)).toEqual([0, 9, 23, 31]);
});

test('physical addresses have as many bits as page tables can hold', () => {
  const [eax] = createCpuFeatures().cpuid(0x8000_0008, 0);
  expect(eax).toBe((32 << 8) | 36);
  const small = createCpuFeatures({ features: { pae: false, pse36: false } });
  expect(small.cpuid(0x8000_0008, 0)[0]).toBe((32 << 8) | 32);
});

test('the brand string comes in three leaves', () => {
  const features = createCpuFeatures({ brand: 'A processor' });
  const brand = [2, 3, 4].map((leaf) => text(...features.cpuid(0x8000_0000 + leaf, 0))).join('');
  expect(brand.replace(/\0+$/, '')).toBe('A processor');
});

test('the hypervisor leaf carries our signature', () => {
  const [, ebx, ecx, edx] = createCpuFeatures().cpuid(0x4000_0000, 0);
  expect(text(ebx, ecx, edx)).toBe('VivariumVMM\0');
});

test('a leaf beyond the highest answers as the highest basic one', () => {
  const features = createCpuFeatures();
  expect(features.cpuid(0x1234, 0)).toEqual(features.cpuid(2, 0));
});

describe('settings', () => {
  test('hide and announce features by name', () => {
    const features = createCpuFeatures({ features: { tsc: false, fpu: true, hypervisor: false } });
    const [edx, ecx] = announced(features),
      [usualEdx, usualEcx] = announced(createCpuFeatures());
    expect([edx, ecx]).toEqual([usualEdx & ~(1 << 4), usualEcx & ~(1 << 31)]);
    expect([features.has('tsc'), features.has('fpu')]).toEqual([false, true]);
    expect(features.cpuid(0x4000_0000, 0)).toEqual(features.cpuid(2, 0));
  });

  test('with a name that does not exist are refused', () => {
    expect(() => createCpuFeatures({ features: { warp: true } })).toThrow('no CPU feature "warp"');
  });
});

test('CPUID takes its leaf from EAX and answers in four registers', () => {
  const p = realProcessor();
  p.state.setRegister(RAX, 0);
  systemHelpers.cpuid(p);
  expect([RAX, RBX, RCX, RDX].map((register) => p.state.register(register))).toEqual([
    2, 0x756e_6547, 0x6c65_746e, 0x4965_6e69,
  ]);
});
