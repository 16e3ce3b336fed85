import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../src-main/engine/assembler/Assembler.ts';

function first(source: string): { severity: string; line: number; at: string; message: string } {
  const [found] = assemble(source).diagnostics;
  if (found === undefined) return { severity: 'none', line: 0, at: '', message: '' };
  const { severity, line, column, length, message } = found;
  return { severity, line, at: source.split('\n')[line - 1]!.slice(column - 1, column - 1 + length), message };
}

test.each([
  ['  mvo eax, 1', 'mvo', /Unknown instruction “mvo”. Did you mean “mov”\?/],
  ['  mov eax, bx', 'mov eax, bx', /different sizes: eax \(32 bits\) and bx \(16 bits\)/],
  ['  mov [ebx], 5', 'mov [ebx], 5', /How wide is the memory operand of “mov”\? Write byte, word or dword/],
  ['  mov [eax], [ebx]', 'mov [eax], [ebx]', /cannot take two memory operands/],
  ['start:\n  jmp strat', 'strat', /“strat” is not defined. Did you mean “start”\?/],
  ['a:\n.loop: nop\n  jmp .lop', '.lop', /“.lop” is not defined below the label “a”. Did you mean “.loop”\?/],
  ['x: times 200 nop\n  loop x', 'x', /The target is 202 bytes away; a short jump reaches 127 at most/],
  ['  jmp short x\ntimes 200 nop\nx:', 'short x', /Leave out “short”/],
  ['x:\nx:', 'x', /“x” is defined twice; the first time in line 1/],
  ['  mov eax, DWORD PTR [ebx]', 'PTR', /NASM has no “ptr”/],
  ['  mov rax, 1', 'rax', /register of 64-bit/],
  ['  bits 64', '64', /64-bit code is not supported yet/],
  ['  mov eax, 12abc', '12abc', /is not a number: hexadecimal is 0x1f or 1fh/],
  ['  db "abc', '"abc', /no closing "/],
  ['  mov eax, (1', ' ', /closing parenthesis/],
  ['  mov eax, [ebx', ' ', /“]” of this address is missing/],
  ['  mov ax, [ax]', '[ax]', /16-bit address is bx, bp, si or di/],
  ['  mov eax, [eax*7]', '[eax*7]', /multiplied by 1, 2, 4 or 8, not by 7/],
  ['  hlt 5', 'hlt 5', /“hlt” takes no operands, not 1/],
  [
    'times 510-($-$$) db 0\ntimes 510-($-$$) db 0\ndb 1\n times 510-($-$$) db 0',
    'times 510-($-$$) db 0',
    /what stands before is 1 byte/,
  ],
  ['%if 1\nnop', '%', /This %if has no %endif/],
  ['%macro two 2\nnop\n%endmacro\n  two 1', 'two', /The macro “two” takes 2 arguments/],
  ['%error no good', '%error no good', /^no good$/],
  ['%foo', '%foo', /Unknown preprocessor directive “%foo”/],
  ['  db 300', '300', /300 does not fit into 1 byte/],
  ['  lock nop', 'lock nop', /LOCK needs a read-modify-write/],
  ['hltt', 'hltt', /taken for a label; end labels with a colon. Did you mean “hlt”\?/],
  ['eax: nop', 'eax', /is a register and cannot be a label/],
  ['align 3', 'align 3', /power of two/],
])('%j', (source, at, message) => {
  const found = first(source);
  expect(found.message).toMatch(message);
  if (at.trim() !== '' && at !== '%') expect(found.at).toBe(at);
});

test('several errors are found in one run, in the order of their lines', () => {
  const { diagnostics, ok } = assemble('foo 1\nmov eax, [\nnop\nmov al, undefined_name\n');
  expect(ok).toBe(false);
  expect(diagnostics.map(({ line }) => line)).toEqual([1, 2, 4]);
});

test('an error in a macro points at the call and names the macro', () => {
  const { diagnostics } = assemble('%macro bad 0\n  mov eax, nowhere\n%endmacro\n\n  bad');
  expect(diagnostics[0]).toMatchObject({
    line: 5,
    column: 3,
    length: 3,
    message: expect.stringMatching(/“nowhere” is not defined.*in the macro “bad”/),
  });
});

test('thousands of errors end in a list that can be read', () => {
  expect(assemble('foo bar\n'.repeat(5000)).diagnostics.length).toBeLessThanOrEqual(101);
});

describe('hostile sources end soon, with an error', () => {
  test.each([
    'times 1000000000 db 0',
    'times 1000000000 nop',
    'times 100000000 jmp $',
    '%rep 1000000000\ndb 0\n%endrep',
    '%rep 100000\n%rep 100000\nnop\n%endrep\n%endrep',
    'resb 1000000000000',
    'section .bss\nresb 0x7fffffffffffffff',
    'nop\nalign 1073741824\n',
    'db 100000 dup (100000 dup (0))',
    `mov eax, ${'('.repeat(10000)}1`,
    `mov eax, ${'-'.repeat(5000)}1`,
    `${Array.from({ length: 40 }, (_, i) => `%define d${i + 1} d${i} d${i}`).join('\n')}\n%define d0 nop\ndb d40`,
    `${Array.from({ length: 40 }, (_, i) => `%macro m${i + 1} 0\nm${i}\nm${i}\n%endmacro`).join('\n')}\n%macro m0 0\nnop\n%endmacro\nm40`,
    '%include "self"',
    'a: times 130-(b-a) nop\njmp c\nb:\ntimes 120 nop\nc:',
  ])(
    '%.60s',
    (source) => {
      const start = performance.now();
      const { ok, bytes } = assemble(source, { readFile: () => new TextEncoder().encode('%include "self"') });
      expect(ok).toBe(false);
      expect(bytes.length).toBeLessThanOrEqual(16 * 1024 * 1024);
      expect(performance.now() - start).toBeLessThan(15_000);
    },
    30_000,
  );
});
