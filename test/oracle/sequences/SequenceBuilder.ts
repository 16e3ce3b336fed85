import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { operandShape } from '../../../src-main/engine/isa/OperandCode.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { RBP, RCX, RDI, RSI, RSP } from '../../../src-main/engine/state/layout.ts';
import { encodeRow, operandSizesOf } from '../../support/engine/encodeRow.ts';
import { EDGES, type Random } from '../../support/engine/Random.ts';
import { PLACE, type OracleCase } from '../OracleCase.ts';
import { computesFloats, randomMxcsr } from '../floatState.ts';
import { DEFAULT_MXCSR, hasVectors, type VectorChoice } from '../vectorState.ts';
import type { Ingredients } from './ingredients.ts';

const STATUS = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.OF | FLAG.DF;
/** ModRM.rm of memory operands: [ebp+disp8], [esi+disp8], [edi+disp8], and by SIB [esp+disp8]. */
const POINTERS = [RBP, RSI, RDI, RSP];
/** What the cases say in place of a row's name. */
export const SEQUENCE = 'sequence';
/** Bytes of code that a recording has room for. */
export const MOST_CODE_BYTES = 112;

/**
 * Makes random code of up to a dozen instructions: straight lines, forward branches and a counted loop.
 * EBP, ESI, EDI and ESP point into the window of data and stay there; the other registers take part freely.
 */
export class SequenceBuilder {
  private readonly random: Random;
  private readonly ingredients: Ingredients;
  /** Pointers are aligned, and vector registers hold something. */
  private readonly hasVectors: boolean;
  private readonly hasFloats: boolean;
  private readonly code: number[] = [];
  /** ECX counts a loop and may not be written meanwhile. */
  private isCounting = false;

  constructor(random: Random, ingredients: Ingredients) {
    this.random = random;
    this.ingredients = ingredients;
    this.hasVectors = ingredients.rows.some(hasVectors);
    this.hasFloats = ingredients.rows.some(computesFloats);
  }

  build(name: string): OracleCase {
    const { random } = this;
    const registers = Array.from({ length: 8 }, () => (random.chance(45) ? random.pick(EDGES) : random.word()));
    for (const pointer of POINTERS) {
      registers[pointer] = PLACE.highWindow + 0x180 + random.below(0x100);
      if (this.hasVectors) registers[pointer] &= ~15;
    }
    const hasLoop = random.chance(40);
    this.append(this.straight(1 + random.below(3)));
    if (hasLoop) this.append(this.loop());
    else this.append(this.straight(3 + random.below(5)));
    if (random.chance(60)) this.append(this.branch());
    this.append(this.straight(1 + random.below(3)));
    return {
      row: SEQUENCE,
      variant: name,
      bytes: Uint8Array.from(this.code),
      isLow: false,
      seed: random.below(256),
      registers: registers.map((value) => value >>> 0),
      flags: 2 | FLAG.IF | (random.word() & STATUS),
      pokes: [],
      ...(this.hasVectors ? { vectors: this.vectors() } : {}),
    };
  }

  private vectors(): VectorChoice {
    const { random } = this;
    const seed = random.below(0x1_0000);
    if (this.hasFloats) return { contents: 'numbers', seed, mxcsr: randomMxcsr(random) };
    return { contents: 'anything', seed, mxcsr: DEFAULT_MXCSR };
  }

  private append(bytes: readonly number[]): void {
    if (this.code.length + bytes.length <= MOST_CODE_BYTES) this.code.push(...bytes);
  }

  private straight(count: number): number[] {
    return Array.from({ length: count }, () => this.instruction(this.random.pick(this.ingredients.rows))).flat();
  }

  /** A branch over one or two instructions, or not. */
  private branch(): number[] {
    const skipped = this.straight(1 + this.random.below(2));
    return [0x70 + this.random.below(16), skipped.length, ...skipped];
  }

  /** MOV ECX, n; body; LOOP or DEC ECX and JNZ, two to six times around. */
  private loop(): number[] {
    const { random } = this;
    this.isCounting = true;
    const body = this.straight(2 + random.below(4));
    if (random.chance(40)) body.push(...this.branch());
    this.isCounting = false;
    const end = random.chance(50) ? [0xe2] : [0x49, 0x75];
    const back = -(body.length + end.length + 1);
    return [0xb9, 2 + random.below(5), 0, 0, 0, ...body, ...end, back & 0xff];
  }

  private instruction(row: Encoding): number[] {
    const { random } = this;
    const operandSize = random.pick(operandSizesOf(row, 32));
    if (operandSize === 16 && this.ingredients.isOnly32(row))
      return this.instruction(random.pick(this.ingredients.rows));
    const isMemory = row.modrm === 'memory' || (row.modrm === 'any' && this.mayUseMemory(row) && random.chance(40));
    const form = isMemory ? this.memoryForm() : { mod: 3, rm: 0, sib: 0, queue: [] };
    const shapes = row.operands.map(operandShape);
    const choose = (place: 'reg' | 'rm' | 'opcode'): number => {
      const shape = shapes.find((candidate) => candidate.place === place);
      const isByte = shape?.file === 'general' && shape.type === 'b';
      const number = random.below(isByte ? 8 : 4);
      return this.isCounting && (shape?.file ?? 'general') === 'general' && (number & 3) === RCX ? number ^ 2 : number;
    };
    const queue = [...form.queue];
    if (shapes.some(({ place }) => place === 'offset')) queue.push(...this.windowAddress());
    const bytes = encodeRow(row, {
      codeSize: 32,
      operandSize,
      addressSize: 32,
      mod: form.mod,
      reg: choose('reg'),
      rm: isMemory ? form.rm : choose(shapes.some(({ place }) => place === 'opcode') ? 'opcode' : 'rm'),
      sib: form.sib,
      nextByte: () =>
        queue.shift() ?? (random.chance(40) ? random.pick([0, 1, 0x7f, 0x80, 0xff, 0x1f]) : random.below(256)),
    });
    return row.lockable && isMemory && random.chance(10) ? [0xf0, ...bytes] : [...bytes];
  }

  /** A bit offset in a register reaches far beyond its memory operand. */
  private mayUseMemory(row: Encoding): boolean {
    return !(/^bt[src]?$/.test(row.semantics) && row.operands.includes('Gv'));
  }

  private memoryForm(): { mod: number; rm: number; sib: number; queue: number[] } {
    const { random } = this;
    if (random.chance(25)) return { mod: 0, rm: 5, sib: 0, queue: this.windowAddress() };
    const rm = random.pick(POINTERS);
    // A displacement that is a multiple of 4 makes operands meet that others wrote; vectors have to be aligned.
    const displacement = this.hasVectors
      ? 16 * (random.below(8) - 4) + (random.chance(15) ? random.below(16) : 0)
      : random.chance(60)
        ? 4 * (random.below(32) - 16)
        : random.below(256) - 128;
    return { mod: 1, rm, sib: 0x24, queue: [displacement & 0xff] };
  }

  private windowAddress(): number[] {
    const step = this.hasVectors ? 16 : 4;
    const address =
      PLACE.highWindow + 0x180 + step * this.random.below(0x100 / step) + (this.random.chance(20) ? 1 : 0);
    return [0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff);
  }
}
