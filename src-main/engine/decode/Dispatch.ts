import type { Encoding } from '../isa/Encoding.ts';
import { operandShape, type OperandShape } from '../isa/OperandCode.ts';

/** A row of the instruction table with what the decoder would otherwise work out each time. */
export interface Form {
  readonly encoding: Encoding;
  readonly shapes: readonly OperandShape[];
  /** MOV to and from control and debug registers: ModRM.mod is ignored and ModRM.rm always a register. */
  readonly ignoresMod: boolean;
}

/** The opcode maps, as the first index of {@link Dispatch}. */
export const ONE_BYTE_MAP = 0;
export const MAP_0F = 1;
export const MAP_0F38 = 2;
export const MAP_0F3A = 3;
const MAPS = 4;

/** Which of the prefixes that may be part of an opcode is in force: none, 66, F2 or F3; the last two outrank 66. */
export type PrefixColumn = 0 | 1 | 2 | 3;
const COLUMN_PREFIXES = [0, 0x66, 0xf2, 0xf3] as const;

/** 16, 32 and 64 as 0, 1 and 2. */
export type SizeIndex = 0 | 1 | 2;
const SIZES = [16, 32, 64] as const;
type Size = (typeof SIZES)[number];
const VARIANTS = SIZES.length * SIZES.length;

/** All rows of one opcode. */
export class OpcodeEntry {
  readonly hasModRM: boolean;
  private readonly forms: readonly Form[];
  /** By prefix column, operand size and address size, then by ModRM byte; null: none. Filled as they are asked for. */
  private readonly found: ((Form | null | undefined)[] | undefined)[];

  constructor(forms: readonly Form[]) {
    this.hasModRM = forms.some(usesModRM);
    if (!forms.every((form) => usesModRM(form) === this.hasModRM)) {
      throw new Error(`Rows of one opcode disagree about ModRM: ${forms.map(nameOf).join(', ')}`);
    }
    this.forms = forms;
    this.found = Array.from({ length: COLUMN_PREFIXES.length * VARIANTS }, () => undefined);
  }

  /** The form for this ModRM byte (0 for an opcode without one). */
  find(column: PrefixColumn, operandSize: SizeIndex, addressSize: SizeIndex, modrm: number): Form | undefined {
    const at = column * VARIANTS + operandSize * SIZES.length + addressSize;
    const found = (this.found[at] ??= Array.from({ length: this.hasModRM ? 256 : 1 }, () => undefined));
    let form = found[modrm];
    if (form === undefined) {
      form = this.choose(COLUMN_PREFIXES[column], SIZES[operandSize], SIZES[addressSize], modrm) ?? null;
      found[modrm] = form;
    }
    return form ?? undefined;
  }

  private choose(prefix: number, operandSize: Size, addressSize: Size, modrm: number): Form | undefined {
    const candidates = this.forms.filter(
      (form) =>
        form.encoding.sizes.includes(operandSize) &&
        form.encoding.addressSizes.includes(addressSize) &&
        (form.encoding.mandatoryPrefix === prefix ||
          (form.encoding.mandatoryPrefix === 0 && !(form.encoding.noPrefix && prefix !== 0))) &&
        (!this.hasModRM || accepts(form, modrm)),
    );
    return mostSpecific(candidates, prefix);
  }
}

/**
 * From opcode map and byte to the rows of the instruction table. Everything is made when it is first met: a guest
 * meets little of it.
 */
export class Dispatch {
  private readonly forms: readonly (readonly Form[])[];
  private readonly entries: (OpcodeEntry | undefined)[];

  constructor(rows: readonly Encoding[]) {
    const forms: Form[][] = Array.from({ length: MAPS * 256 }, () => []);
    for (const encoding of rows) {
      const shapes = encoding.operands.map(operandShape);
      const ignoresMod = shapes.some(({ file }) => file === 'control' || file === 'debug');
      const form = { encoding, shapes, ignoresMod };
      const first = mapOf(encoding.opcode) * 256 + (encoding.opcode[opcodeIndexOf(encoding.opcode)] ?? 0);
      const inLowBits = shapes.some(({ place }) => place === 'opcode') ? 8 : 1;
      for (let low = 0; low < inLowBits; low++) forms[first + low].push(form);
    }
    this.forms = forms;
    this.entries = Array.from({ length: forms.length }, () => undefined);
  }

  entry(map: number, opcode: number): OpcodeEntry | undefined {
    const at = map * 256 + opcode;
    const forms = this.forms[at];
    if (forms.length === 0) return undefined;
    return (this.entries[at] ??= new OpcodeEntry(forms));
  }
}

const nameOf = ({ encoding }: Form): string => encoding.name;

function mapOf(opcode: readonly number[]): number {
  if (opcode[0] !== 0x0f) return ONE_BYTE_MAP;
  if (opcode[1] === 0x38) return MAP_0F38;
  return opcode[1] === 0x3a ? MAP_0F3A : MAP_0F;
}

/** Where in a row's opcode the byte is that selects within its map. */
function opcodeIndexOf(opcode: readonly number[]): number {
  const map = mapOf(opcode);
  return map === ONE_BYTE_MAP ? 0 : map === MAP_0F ? 1 : 2;
}

/** The ModRM byte that a row fixes entirely (`d9 e8`), or -1. */
function fixedModRM({ opcode }: Encoding): number {
  return opcode[opcodeIndexOf(opcode) + 1] ?? -1;
}

function usesModRM({ encoding }: Form): boolean {
  return encoding.modrm !== 'none' || fixedModRM(encoding) >= 0;
}

function accepts({ encoding, shapes, ignoresMod }: Form, modrm: number): boolean {
  const fixed = fixedModRM(encoding);
  if (fixed >= 0) return modrm === fixed;
  const reg = (modrm >> 3) & 7;
  if (encoding.digit < 8 && encoding.digit !== reg) return false;
  const isRegister = modrm >= 0xc0;
  if (!ignoresMod && encoding.modrm !== 'any' && (encoding.modrm === 'register') !== isRegister) return false;
  return shapes.every(({ place, file }) => place !== 'reg' || isRegisterNumber(file, reg, encoding.semantics));
}

/** CR1, CR5 to CR7 and segment registers 6 and 7 do not exist; CS cannot be loaded by MOV (SDM vol. 2B, MOV). */
function isRegisterNumber(file: OperandShape['file'], reg: number, semantics: string): boolean {
  if (file === 'control') return reg === 0 || (reg >= 2 && reg <= 4);
  if (file === 'segment') return reg < 6 && !(reg === 1 && semantics === 'movSegmentTo');
  return true;
}

/** `nop` is more specific than `xchg Zv,rAX`, `/0` than `/r`, a whole ModRM byte than a digit, `f3 90` than `90`. */
function specificity({ encoding, shapes }: Form, prefix: number): number {
  let score = 0;
  if (prefix !== 0 && encoding.mandatoryPrefix === prefix) score += 16;
  if (fixedModRM(encoding) >= 0) score += 8;
  if (encoding.digit >= 0 && encoding.digit < 8) score += 4;
  if (encoding.modrm === 'memory' || encoding.modrm === 'register') score += 2;
  if (shapes.some(({ place }) => place === 'opcode')) score -= 1;
  return score;
}

function mostSpecific(forms: readonly Form[], prefix: number): Form | undefined {
  let best: Form | undefined;
  let bestScore = -Infinity;
  for (const form of forms) {
    const score = specificity(form, prefix);
    if (best && score === bestScore) throw new Error(`Rows say the same: ${nameOf(best)} and ${nameOf(form)}`);
    if (score > bestScore) {
      best = form;
      bestScore = score;
    }
  }
  return best;
}
