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

describe('with clocks', () => {
  const features = createCpuFeatures({ clocks: { crystalHz: 25_000_000, tscHz: 2_000_000_000 } });

  test('leaf 15h tells the time-stamp counter by the crystal clock, and leaf 16h the rates in MHz', () => {
    expect(features.cpuid(0, 0)[0]).toBe(0x16);
    expect(features.cpuid(0x15, 0)).toEqual([1, 80, 25_000_000, 0]);
    expect(features.cpuid(0x16, 0)).toEqual([2000, 2000, 100, 0]);
  });

  test('leaf 4 describes the caches of leaf 2, and then no more', () => {
    const sizes = [0, 1].map((subleaf) => {
      const [eax, ebx, ecx] = features.cpuid(4, subleaf);
      const lineBytes = (ebx & 0xfff) + 1;
      return { type: eax & 31, level: (eax >>> 5) & 7, bytes: ((ebx >>> 22) + 1) * lineBytes * (ecx + 1) };
    });
    expect(sizes).toEqual([
      { type: 1, level: 1, bytes: 16 << 10 },
      { type: 3, level: 2, bytes: 1 << 20 },
    ]);
    expect(features.cpuid(4, 2)[0] & 31).toBe(0);
    expect(features.cpuid(2, 0)).toEqual(createCpuFeatures().cpuid(2, 0));
  });

  test('what lies between tells nothing, and what lies beyond answers as leaf 16h', () => {
    for (const leaf of [3, 5, 6, 7, 0xa, 0xb, 0xd, 0x14]) expect(features.cpuid(leaf, 0)).toEqual([0, 0, 0, 0]);
    expect(features.cpuid(0x17, 0)).toEqual(features.cpuid(0x16, 0));
  });

  test('that leaf 15h cannot express are refused', () => {
    expect(() => createCpuFeatures({ clocks: { crystalHz: 3, tscHz: 4 } })).toThrow('no multiple of the crystal clock');
  });
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
