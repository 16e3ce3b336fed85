import { expect, test } from 'vitest';
import { handlerText } from './handlerText.ts';

const FLAT = { codeSize: 32, stackSize: 32, isFlat: true, hasX87: true } as const;
const REAL = { codeSize: 16, stackSize: 16, isFlat: false, hasX87: true } as const;

/** `npx vitest run --project golden -u` writes them anew; read what changed before committing it. */
test.each([
  { file: 'add-register', source: 'add eax, ebx', bits: 32, context: FLAT },
  { file: 'load-flat-indexed', source: 'mov eax, [ebx + esi * 4 + 8]', bits: 32, context: FLAT },
  { file: 'store-real-mode', source: 'mov [bx + si], al', bits: 16, context: REAL },
  { file: 'modify-memory', source: 'adc byte [ebx], 1', bits: 32, context: FLAT },
  { file: 'jump-inside-the-page', source: 'jnz $ - 8', bits: 32, context: FLAT },
  { file: 'push', source: 'push eax', bits: 32, context: FLAT },
  { file: 'return', source: 'ret', bits: 16, context: REAL },
  { file: 'shift-by-cl', source: 'shl eax, cl', bits: 32, context: FLAT },
  { file: 'vector-from-memory', source: 'paddd xmm1, [ebx]', bits: 32, context: FLAT },
  { file: 'vector-store', source: 'movdqa [ebx], xmm1', bits: 32, context: FLAT },
  { file: 'vector-multiply', source: 'pmuludq xmm1, xmm2', bits: 32, context: FLAT },
  { file: 'repeat-move', source: 'rep movsd', bits: 32, context: FLAT },
  { file: 'row-compare-and-branch', source: 'cmp eax, [ebx]; jz $ - 8', bits: 32, context: FLAT },
  { file: 'row-of-flags-overwritten', source: 'add eax, ebx; xor ecx, edx; mov [esi], ecx', bits: 32, context: FLAT },
] as const)('the handler of $source in $bits-bit code', async ({ file, source, bits, context }) => {
  await expect(await handlerText(source, bits, context)).toMatchFileSnapshot(`handlers/${file}.wat`);
});
