import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import type { Instruction } from '../../../src-main/engine/decode/Instruction.ts';
import { formatInstruction } from '../../../src-main/engine/disassembler/InstructionText.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import { encodeRow, sizesOf } from '../../support/engine/encodeRow.ts';
import { Random } from './randomBytes.ts';

/** Real instructions that NASM has no way to write. */
function isUnknownToNasm({ encoding, operandSize, repeat }: Instruction): boolean {
  const { mnemonic, operands } = encoding;
  if (mnemonic === 'fnsetpm' || mnemonic === 'fstpnce') return true;
  // To NASM, WAIT is itself a prefix, and others before it are dropped.
  if (mnemonic === 'wait') return true;
  // F2 before a branch is BND to NASM, and REPNE an error.
  if (repeat === 'repne' && ['jump', 'branch', 'call', 'indirect'].includes(encoding.flow)) return true;
  // BSWAP of 16 bits is undefined; MOVZX and MOVSX from 16 bits to 16 are moves.
  return (
    operandSize === 16 &&
    (mnemonic === 'bswap' || (mnemonic.startsWith('mov') && operands.includes('Ew') && operands.includes('Gv')))
  );
}

/** Each instruction starts a slot, since NASM may choose a shorter encoding than the one disassembled. */
const SLOT = 32;
const ORIGIN = 0x1000;
/** So that 16-bit code stays within its segment, with room for short jumps on either side. */
const SLOTS_PER_FILE = 1500;
/** Segment overrides, LOCK, REPNE and REP; half of the samples have one. */
const OTHER_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3];
const VARIANTS_PER_ROW = 12;

const hasNasm = spawnSync('nasm', ['-v']).status === 0;

interface Sample {
  readonly instruction: Instruction;
  readonly text: string;
}

/** Random instructions of every row, at the addresses of consecutive slots. */
function samples(codeSize: 16 | 32): Sample[] {
  const random = new Random(7);
  const list: Sample[] = [];
  for (const encoding of encodings) {
    for (const sizes of sizesOf(encoding)) {
      for (let variant = 0; variant < VARIANTS_PER_ROW; variant++) {
        const prefix = OTHER_PREFIXES[random.below(OTHER_PREFIXES.length * 2)];
        const plain = encodeRow(encoding, {
          codeSize,
          ...sizes,
          mod: random.below(4),
          reg: random.below(8),
          rm: random.below(8),
          sib: random.below(256),
          nextByte: () => random.below(256),
        });
        const bytes = prefix === undefined ? plain : Uint8Array.of(prefix, ...plain);
        const result = decode(bytes, 0, bytes.length, codeSize);
        // The random ModRM.reg may name no register, or the random choices be another row's.
        if (result.kind !== 'instruction' || isUnknownToNasm(result.instruction)) continue;
        const address = ORIGIN + (list.length % SLOTS_PER_FILE) * SLOT;
        list.push({ instruction: result.instruction, text: formatInstruction(result.instruction, { address }) });
      }
    }
  }
  return list;
}

function assembleInSlots(texts: readonly string[], codeSize: 16 | 32, folder: string): Uint8Array {
  const source = join(folder, 'slots.asm');
  const output = join(folder, 'slots.bin');
  const lines = texts.map((text) => `${text}\ntimes (${SLOT} - (($ - $$) & ${SLOT - 1})) & ${SLOT - 1} db 0x90`);
  writeFileSync(source, `bits ${codeSize}\norg ${ORIGIN}\n${lines.join('\n')}\n`);
  const { status, stderr } = spawnSync('nasm', ['-w-all', '-f', 'bin', '-o', output, source], { encoding: 'utf8' });
  if (status !== 0) {
    // Two lines of preamble, then two lines to a slot.
    const refused = [...stderr.matchAll(/:(\d+): (.*)/g)].map(
      ([, line, message]) => `${texts[(Number(line) - 3) >> 1]}: ${message}`,
    );
    throw new Error(`NASM refuses\n${refused.join('\n')}`);
  }
  return readFileSync(output);
}

describe.skipIf(!hasNasm).each([16, 32] as const)('in %i-bit code', (codeSize) => {
  test('what the disassembler writes, NASM reads back as the same instruction', { timeout: 120_000 }, () => {
    const all = samples(codeSize);
    const folder = mkdtempSync(join(tmpdir(), 'vivarium-nasm-'));
    const differences: string[] = [];
    try {
      for (let first = 0; first < all.length; first += SLOTS_PER_FILE) {
        const some = all.slice(first, first + SLOTS_PER_FILE);
        const bytes = assembleInSlots(
          some.map(({ text }) => text),
          codeSize,
          folder,
        );
        for (const [slot, { instruction, text }] of some.entries()) {
          const address = ORIGIN + slot * SLOT;
          const back = decode(bytes, slot * SLOT, bytes.length, codeSize);
          const backText =
            back.kind === 'instruction' ? formatInstruction(back.instruction, { address }) : `(${back.kind})`;
          if (normalize(text, instruction.operandSize) !== normalize(backText, instruction.operandSize)) {
            differences.push(`${instruction.encoding.name}: ${text} -> ${backText}`);
          }
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(differences).toEqual([]);
  });
});

/**
 * NASM exchanges registers in the other order, has a base do an index's work, and encodes an immediate that
 * fits in a sign-extended byte, which is shown as negative; the effect is the same.
 */
function normalize(text: string, operandSize: number): string {
  return text
    .replace(/xchg (\w+), (\w+)$/, (_, left: string, right: string) => `xchg ${[left, right].sort().join(', ')}`)
    .replace(/\[(\w\w:)?(e\w\w)\*1/, '[$1$2')
    .replace(/\[(\w\w:)?(e\w\w)\*2/, '[$1$2+$2')
    .replace(/, -(\w+)$/, (_, digits: string) => `, 0x${(2 ** operandSize - Number(digits)).toString(16)}`);
}
