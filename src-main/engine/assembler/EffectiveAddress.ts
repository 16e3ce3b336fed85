import type { RegisterHint } from './Evaluator.ts';
import { register } from './Registers.ts';
import type { MemoryNode } from './Statement.ts';
import type { Term, Value } from './Value.ts';

/** A memory operand ready to be encoded, but for ModRM.reg. */
export interface EffectiveAddress {
  readonly addressSize: 16 | 32;
  /** mod << 6 | rm */
  readonly modrm: number;
  /** -1 when there is none. */
  readonly sib: number;
  /** In bytes. */
  readonly displacementSize: 0 | 1 | 2 | 4;
  /** Without its registers. */
  readonly displacement: Value;
  /** No registers: MOV with the accumulator has a form of its own for it. */
  readonly isOffset: boolean;
}

type Registers = { readonly base: string | null; readonly index: string | null; readonly factor: number };

/**
 * The address size that the operand asks for: its registers', else that of a displacement size written out,
 * else the code's own. Null: it asks for two at once.
 */
export function addressSizeOf(value: Value, node: MemoryNode, preferred: 16 | 32, forced: 0 | 16 | 32): 16 | 32 | null {
  let sizes = forced === 0 ? [16, 32] : [forced];
  let registers = false;
  for (const term of value.terms) {
    if (term.kind !== 'register') continue;
    registers = true;
    const { width } = register(term.name);
    sizes = sizes.filter((size) => size === width);
  }
  if (!registers && node.displacementSize > 8) sizes = sizes.filter((size) => size === node.displacementSize);
  if (sizes.length === 0) return null;
  return sizes.includes(preferred) ? preferred : preferred === 16 ? 32 : 16;
}

/** Encodes as NASM does, so that equal sources make equal bytes; a string says why it cannot be encoded. */
export function effectiveAddress(
  value: Value,
  hint: RegisterHint,
  node: MemoryNode,
  addressSize: 16 | 32,
): EffectiveAddress | string {
  const displacement: Value = { ...value, terms: value.terms.filter((term) => term.kind === 'section') };
  const registers = value.terms.filter((term) => term.kind === 'register');
  for (const { name } of registers) {
    const { file, width } = register(name);
    if (file !== 'general' || width < 16) return `An address cannot contain ${name}. ${allowed(addressSize)}`;
  }
  if (registers.length === 0) {
    const size = addressSize === 16 ? 2 : 4;
    return {
      addressSize,
      modrm: addressSize === 16 ? 6 : 5,
      sib: -1,
      displacementSize: size,
      displacement,
      isOffset: true,
    };
  }
  const parts = split(registers);
  if (typeof parts === 'string') return parts;
  return addressSize === 16 ? address16(parts, displacement, node) : address32(parts, hint, displacement, node);
}

const allowed = (addressSize: 16 | 32): string =>
  addressSize === 16
    ? 'A 16-bit address is bx, bp, si or di, or bx or bp plus si or di, plus a number.'
    : 'A 32-bit address is a register, plus a register times 1, 2, 4 or 8, plus a number.';

/** NASM's first look at the sum: the register that can be the base, and the one with a factor. */
function split(registers: readonly Term[]): Registers | string {
  if (registers.length > 2) return 'An address can contain two registers at most.';
  // NASM orders them by name.
  const [first, second] = [...registers].sort((a, b) => (a.name < b.name ? -1 : 1)) as [Term, Term | undefined];
  let base: string | null = null,
    index: string | null = null,
    factor = 0;
  if (first.factor === 1n) base = first.name;
  else [index, factor] = [first.name, Number(first.factor)];
  if (second !== undefined) {
    if (base !== null) [index, factor] = [second.name, Number(second.factor)];
    else if (second.factor !== 1n) return 'Only one register of an address can be multiplied.';
    else base = second.name;
  }
  return { base, index, factor };
}

function modFor(displacement: Value, node: MemoryNode, bits: 16 | 32, needsDisplacement: boolean): 0 | 1 | 2 {
  const offset = BigInt.asIntN(bits, displacement.scalar);
  const plain = displacement.terms.length === 0 && !displacement.unknown;
  if (offset === 0n && plain && !needsDisplacement && node.displacementSize === 0) return 0;
  if (node.displacementSize > 8) return 2;
  return node.displacementSize === 8 || (plain && offset >= -128n && offset <= 127n) ? 1 : 2;
}

function address32(
  parts: Registers,
  hint: RegisterHint,
  displacement: Value,
  node: MemoryNode,
): EffectiveAddress | string {
  let { base, index, factor } = parts;
  const asIndex = hint.kind === 'index',
    asBase = hint.kind === 'base';
  if (node.displacementSize === 16) return 'A 32-bit address cannot have a 16-bit displacement.';
  if (factor === 1 && base !== index && base !== null && index !== null) {
    if ((asIndex && hint.register === base) || (asBase && hint.register === index)) [base, index] = [index, base];
  }
  if (base === null && factor === 1 && !(asIndex && hint.register === index)) [base, index] = [index, null];
  if (base === null && index !== null) {
    const doubled = factor === 2 && index !== 'esp' && (!node.nosplit || hint.kind === 'summed');
    if (doubled || factor === 3 || factor === 5 || factor === 9) [base, factor] = [index, factor - 1];
  }
  if (index === null && base !== null && base !== 'esp' && node.nosplit && asIndex && hint.register === base)
    [base, index, factor] = [null, base, 1];
  if (factor === 1 && index === 'esp') [base, index] = [index, base];
  if (index === 'esp') return 'ESP cannot be multiplied in an address; it can only be the base.';
  if (index !== null && ![1, 2, 4, 8].includes(factor))
    return `A register in an address can be multiplied by 1, 2, 4 or 8, not by ${factor}. ${allowed(32)}`;

  const baseNumber = base === null ? 5 : register(base).index;
  const mod = base === null ? 0 : modFor(displacement, node, 32, base === 'ebp');
  const displacementSize = base === null || mod === 2 ? 4 : mod;
  if (index === null && base !== null && base !== 'esp') {
    return {
      addressSize: 32,
      modrm: (mod << 6) | baseNumber,
      sib: -1,
      displacementSize,
      displacement,
      isOffset: false,
    };
  }
  const indexNumber = index === null ? 4 : register(index).index;
  const scale = index === null ? 0 : Math.log2(factor);
  return {
    addressSize: 32,
    modrm: (mod << 6) | 4,
    sib: (scale << 6) | (indexNumber << 3) | baseNumber,
    displacementSize,
    displacement,
    isOffset: false,
  };
}

const PAIRS_16: readonly string[] = ['bx+si', 'bx+di', 'bp+si', 'bp+di', 'si', 'di', 'bp', 'bx'];

function address16(parts: Registers, displacement: Value, node: MemoryNode): EffectiveAddress | string {
  const { base, index, factor } = parts;
  if (node.displacementSize === 32) return 'A 16-bit address cannot have a 32-bit displacement.';
  if (index !== null && factor !== 1) return `Registers of a 16-bit address cannot be multiplied. ${allowed(16)}`;
  const names = [base, index].filter((name) => name !== null).sort();
  const rm = PAIRS_16.indexOf(names.join('+'));
  if (rm < 0) return `${names.join(' + ')} is no 16-bit address. ${allowed(16)}`;
  const mod = modFor(displacement, node, 16, rm === 6);
  return { addressSize: 16, modrm: (mod << 6) | rm, sib: -1, displacementSize: mod, displacement, isOffset: false };
}
