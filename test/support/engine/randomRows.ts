import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import { formOf } from '../../../src-main/engine/tiers/threaded/Form.ts';
import { superinstructions } from '../../../src-main/engine/tiers/threaded/superinstructions.ts';
import { enumerateForms } from '../../../src-main/engine/tiers/threaded/threadedModule.ts';
import { encodeRow, sizesOf } from './encodeRow.ts';
import type { Random } from './Random.ts';

/** How an instruction of a form may be written: which row of the table, and what decides the kind of its operands. */
interface Spelling {
  readonly encoding: Encoding;
  readonly operandSize: 16 | 32;
  readonly mod: number;
  readonly isIndexed: boolean;
}

const FLAT = { codeSize: 32, stackSize: 32, isFlat: true, hasX87: true } as const;
/** ModRM.rm that announces a SIB byte, and the SIB index that stands for none. */
const SIB = 4;

let known: readonly (readonly (readonly Spelling[])[])[] | undefined;

/** A row of instructions that one handler may do in flat 32-bit code, with any registers and small numbers. */
export function randomRowOfInstructions(random: Random): Uint8Array {
  const row = random.pick((known ??= spelledRows()));
  return Uint8Array.from(row.flatMap((spellings) => [...written(random.pick(spellings), random)]));
}

function written({ encoding, operandSize, mod, isIndexed }: Spelling, random: Random): Uint8Array {
  const base = random.below(7);
  return encodeRow(encoding, {
    ...{ codeSize: 32, operandSize, addressSize: 32 },
    mod,
    reg: random.below(8),
    // Registers may be any; in memory operands 4 stands for SIB, which the spelling decides.
    rm: mod === 3 || encoding.modrm === 'none' ? random.below(8) : isIndexed ? SIB : base < SIB ? base : base + 1,
    sib: (random.below(4) << 6) | (random.pick([0, 1, 2, 3, 5, 6, 7]) << 3) | random.below(8),
    nextByte: nearBytes(random),
  });
}

/** Displacements, immediates and jumps' distances: below 24, so that some jumps and accesses meet what they may. */
function nearBytes(random: Random): () => number {
  let count = 0;
  return () => (count++ === 0 ? random.below(24) : 0);
}

/** Of each superinstruction its forms, each with all ways to write it. */
function spelledRows(): (readonly Spelling[])[][] {
  const byForm = spellingsByForm();
  return superinstructions(enumerateForms()).map(({ forms }, place) =>
    forms.map(({ key }) => {
      const spellings = byForm.get(key);
      if (spellings === undefined)
        throw new Error(`superinstruction ${place} has a part that nobody can write: ${key}`);
      return spellings;
    }),
  );
}

function spellingsByForm(): Map<string, Spelling[]> {
  const spellings = new Map<string, Spelling[]>();
  for (const spelling of allSpellings()) {
    for (const key of keysOf(spelling)) spellings.set(key, [...(spellings.get(key) ?? []), spelling]);
  }
  return spellings;
}

function* allSpellings(): Generator<Spelling> {
  for (const encoding of encodings) {
    for (const { operandSize } of sizesOf(encoding).filter(({ addressSize }) => addressSize === 32)) {
      for (const mod of encoding.modrm === 'none' ? [0] : [0, 1, 2, 3]) {
        for (const isIndexed of mod === 3 ? [false] : [false, true]) yield { encoding, operandSize, mod, isIndexed };
      }
    }
  }
}

/** The forms that an instruction so written may have: a jump's target may lie in its page or beyond. */
function keysOf({ encoding, operandSize, mod, isIndexed }: Spelling): string[] {
  const bytes = encodeRow(encoding, {
    ...{ codeSize: 32, operandSize, addressSize: 32 },
    mod,
    reg: 0,
    rm: isIndexed ? SIB : 0,
    sib: 0,
    nextByte: () => 0,
  });
  const result = decode(bytes, 0, bytes.length, 32);
  if (result.kind !== 'instruction' || result.instruction.encoding !== encoding) return [];
  const { instruction } = result;
  const isJump = instruction.operands.some(({ kind }) => kind === 'relative');
  return (isJump ? [true, false] : [false]).map((isInside) => formOf(instruction, FLAT, isInside).key);
}
