import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../src-main/engine/assembler/Assembler.ts';
import { bytesOf, textFile } from './support.ts';

describe('jumps', () => {
  const far = 'jmp far_label\ntimes 200 nop\nfar_label:';

  test('are short where that reaches, and near where not', () => {
    expect(bytesOf('jmp near_label\nnear_label:')).toBe('eb00');
    expect(bytesOf(far).slice(0, 6)).toBe('e9c800');
  });
  test('are near without optimization unless they say short', () => {
    expect(bytesOf('jmp x\nx: jz x\njmp short x', { optimize: false })).toBe('e900000f84fcffebfa');
  });
  test('to a place that moves when they grow settle', () => {
    const { ok, bytes } = assemble(`jmp a\njmp b\n${'times 126 nop\n'}a: nop\nb: nop`);
    expect([ok, bytes.length]).toEqual([true, 133]);
  });
});

test('the result names origin, code size, end and symbols', () => {
  const { origin, hasOrigin, bits, hasBits, end, symbols } = assemble(
    'bits 32\norg 0x1000\nsize equ 4\nx: nop\n.y: ret\nsection .bss\nbuffer: resb 16',
  );
  expect({ origin, hasOrigin, bits, hasBits, end }).toEqual({
    origin: 0x1000,
    hasOrigin: true,
    bits: 32,
    hasBits: true,
    end: 0x1014,
  });
  expect(symbols.map(({ name, value, kind }) => ({ name, value, kind }))).toEqual([
    { name: 'size', value: 4, kind: 'constant' },
    { name: 'x', value: 0x1000, kind: 'label' },
    { name: 'x.y', value: 0x1001, kind: 'label' },
    { name: 'buffer', value: 0x1004, kind: 'label' },
  ]);
});

test('the listing says where each line went, macros at the line that called them', () => {
  const { listing } = assemble('org 0x100\n%macro two 0\nnop\nhlt\n%endmacro\nmov al, 5\ntwo\ndb "ab"');
  expect(listing.map(({ address, bytes, line }) => [address, Buffer.from(bytes).toString('hex'), line])).toEqual([
    [0x100, 'b005', 6],
    [0x102, '90', 7],
    [0x103, 'f4', 7],
    [0x104, '6162', 8],
  ]);
});

test('%include and incbin read through the function handed in', () => {
  const files: Record<string, Uint8Array> = { 'a.inc': textFile('value equ 7'), 'b.bin': Uint8Array.of(1, 2, 3, 4) };
  const readFile = (name: string): Uint8Array | null => files[name] ?? null;
  expect(bytesOf('%include "a.inc"\ndb value\nincbin "b.bin", 1, 2', { readFile })).toBe('070203');
  expect(bytesOf('%include "c.inc"', { readFile })).toBe(
    '1: The file “c.inc” cannot be read. Put it beside this one, or correct the name.',
  );
});

test('bytes above 7F of a source in an old code page stay as they are in strings', async () => {
  const { decodeSource } = await import('../../../../src-main/engine/assembler/SourceText.ts');
  const source = Uint8Array.of(0x64, 0x62, 0x20, 0x27, 0x84, 0xc3, 0xa4, 0x27);
  expect(bytesOf(decodeSource(source))).toBe('84c3a4');
});

test('no step is worse than linear: twenty thousand lines are assembled in seconds', () => {
  // 1,000 lines take about 20 ms; the bound leaves room for a busy machine.
  const lines = Array.from({ length: 20_000 }, (_, i) =>
    i % 5 === 0 ? `l${i}: jnz l${i}` : ` add eax, [ebx+ecx*4+${i}]`,
  );
  const start = performance.now();
  expect(assemble(lines.join('\n')).ok).toBe(true);
  expect(performance.now() - start).toBeLessThan(15_000);
}, 30_000);
