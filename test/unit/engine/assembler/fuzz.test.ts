import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assemble } from '../../../../src-main/engine/assembler/Assembler.ts';
import { decodeSource } from '../../../../src-main/engine/assembler/SourceText.ts';

const samples = fileURLToPath(new URL('../../../../resources/programs', import.meta.url));
const sources = readdirSync(samples)
  .filter((file) => file.endsWith('.asm'))
  .map((file) => readFileSync(path.join(samples, file), 'utf8'));

const words =
  '%macro %endmacro %rep %endrep %if %else %endif ( ) [ ] , : %% %1 %{1} times 99999 equ db resb align section struc endstruc at iend absolute -1 0xffffffffffffffff $ $$ .x eax ax [ebx+ecx*4] byte strict far short \' " ` \\ %define %assign %include incbin org bits ? dup %rotate lock rep jmp loop mov add 1.5 \n \n';
const fragments = words.split(' ');

const MAX_BYTES = 1 << 16;

function survives(source: string): void {
  const { bytes, diagnostics, ok } = assemble(source, {
    maxBytes: MAX_BYTES,
    readFile: () => Uint8Array.of(0x64, 0x62, 0x20, 0x31),
  });
  expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
  expect(ok).toBe(!diagnostics.some(({ severity }) => severity === 'error'));
  for (const { line, column, length } of diagnostics) expect(line > 0 && column > 0 && length > 0).toBe(true);
}

test('random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => survives(decodeSource(bytes))),
    { numRuns: 200 },
  );
});

test('random words of the language', () => {
  const line = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((parts) => parts.join(' '));
  fc.assert(fc.property(line, survives), { numRuns: 300 });
});

test('programs with a few random changes', () => {
  const change = fc.record({
    at: fc.nat(5000),
    drop: fc.nat(20),
    insert: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 4 })),
  });
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 6 }), (source, changes) => {
      let text = source;
      for (const { at, drop, insert } of changes) text = `${text.slice(0, at)} ${insert} ${text.slice(at + drop)}`;
      survives(text);
    }),
    { numRuns: 100 },
  );
}, 60_000);
