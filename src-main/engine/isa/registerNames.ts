import type { RegisterFile } from './OperandCode.ts';
import type { OperandWidth } from './Encoding.ts';

/** 8-bit registers as encoded without REX: 4 to 7 are the high bytes of 0 to 3. */
const general8 = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'] as const;
const general16 = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const segments = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

const numberedStems: Readonly<Partial<Record<RegisterFile, string>>> = {
  control: 'cr',
  debug: 'dr',
  x87: 'st',
  mmx: 'mm',
  xmm: 'xmm',
};

/** The manual's name of a register in lower case, by its encoded number: `ah` is 8-bit general register 4. */
export function registerName(file: RegisterFile, number: number, width: OperandWidth): string {
  if (file === 'segment') return segments[number];
  if (file !== 'general') return `${numberedStems[file] ?? ''}${number}`;
  if (width === 8) return general8[number];
  return `${width === 64 ? 'r' : width === 32 ? 'e' : ''}${general16[number]}`;
}
