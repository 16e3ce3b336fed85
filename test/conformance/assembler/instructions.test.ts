import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import { formatInstruction } from '../../../src-main/engine/disassembler/InstructionText.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';

interface Recorded {
  readonly source: string;
  readonly bytes: string;
}

/** What NASM made of every operand form of the instruction table, one `source = bytes` a line. */
function recorded(bits: 16 | 32): Recorded[] {
  const text = readFileSync(new URL(`recorded/instructions${bits}.txt`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .map((line) => {
      const at = line.lastIndexOf(' = ');
      return { source: line.slice(0, at), bytes: line.slice(at + 3) };
    });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function disassemble(code: Uint8Array, bits: 16 | 32): string | null {
  const decoded = decode(code, 0, code.length, bits);
  if (decoded.kind !== 'instruction' || decoded.instruction.length !== code.length) return null;
  return formatInstruction(decoded.instruction, { address: 0 });
}

describe.each([16, 32] as const)('instructions in %i-bit code', (bits) => {
  const instructions = recorded(bits);

  test('assemble to the bytes that NASM makes', () => {
    const assembly = assemble([`bits ${bits}`, ...instructions.map(({ source }) => source)].join('\n'));
    expect(assembly.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const made = new Map(assembly.listing.map(({ line, bytes }) => [line - 2, hex(bytes)]));
    const wrong = instructions.filter(({ bytes }, i) => made.get(i) !== bytes);
    expect(wrong).toEqual([]);
  });

  test('cover every mnemonic of the table', () => {
    const used = new Set(
      instructions.map(({ source }) => source.replace(/^((o|a)(16|32)|rep|lock|es) /, '').split(' ')[0]),
    );
    const known = encodings.filter(
      ({ decodeOnly, modes, sizes }) => !decodeOnly && modes.protected && sizes.some((size) => size !== 64),
    );
    const missing = known.map(({ mnemonic }) => mnemonic).filter((mnemonic) => !used.has(mnemonic));
    // NASM knows no 286 FNSETPM and has no name for D9 /3.
    expect([...new Set(missing)].filter((mnemonic) => !/^(fnsetpm|fstpnce|wait)$/.test(mnemonic))).toEqual([]);
  });

  test('are the same instruction after disassembling and assembling again', () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const { source, bytes } of instructions) {
      const text = disassemble(Buffer.from(bytes, 'hex'), bits);
      // Written alike, encoded in two ways: the order of XCHG's operands, and what was asked for with a word.
      if (/^xchg|strict|nosplit/.test(source)) continue;
      // Data, instructions with prefixes on others, and the like are not one instruction.
      if (text === null) continue;
      tried++;
      const again = assemble(`bits ${bits}\n${text}`);
      const [problem] = again.diagnostics.filter(({ severity }) => severity === 'error');
      const back = problem === undefined ? disassemble(again.bytes, bits) : problem.message;
      if (back !== text) wrong.push(`${source} = ${bytes}: ${text}: ${back}`);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(instructions.length * 0.95);
  });
});
