import type { RegisterFile } from '../decode/Instruction.ts';
import type { OperandWidth } from '../isa/Encoding.ts';

export interface RegisterName {
  readonly file: RegisterFile;
  readonly index: number;
  readonly width: OperandWidth;
}

function table(): Map<string, RegisterName> {
  const names = new Map<string, RegisterName>();
  const file = (list: string, kind: RegisterFile, width: OperandWidth): void =>
    list.split(' ').forEach((name, index) => names.set(name, { file: kind, index, width }));
  // AH CH DH BH are numbers 4 to 7, as instructions encode them.
  file('al cl dl bl ah ch dh bh', 'general', 8);
  file('ax cx dx bx sp bp si di', 'general', 16);
  file('eax ecx edx ebx esp ebp esi edi', 'general', 32);
  file('es cs ss ds fs gs', 'segment', 16);
  file('cr0 cr1 cr2 cr3 cr4 cr5 cr6 cr7', 'control', 32);
  file('dr0 dr1 dr2 dr3 dr4 dr5 dr6 dr7', 'debug', 32);
  file('st0 st1 st2 st3 st4 st5 st6 st7', 'x87', 80);
  file('mm0 mm1 mm2 mm3 mm4 mm5 mm6 mm7', 'mmx', 64);
  file('xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7', 'xmm', 128);
  return names;
}

export const REGISTERS: ReadonlyMap<string, RegisterName> = table();

/** Registers of 64-bit code, so that their names are understood and refused by name. */
const LONG_MODE_REGISTER =
  /^(r(ax|bx|cx|dx|si|di|bp|sp|ip)|r(8|9|1[0-5])[bwd]?|[sd]il|[sb]pl|[xyz]mm(8|9|[12]\d|3[01])|[yz]mm\d|k[0-7])$/;

export const isLongModeRegister = (name: string): boolean => LONG_MODE_REGISTER.test(name.toLowerCase());

export const isRegisterName = (name: string): boolean => name.length <= 4 && REGISTERS.has(name.toLowerCase());

/** The register of a lower-case name that is known to be one. */
export function register(name: string): RegisterName {
  const found = REGISTERS.get(name);
  if (found === undefined) throw new Error(`no register: ${name}`);
  return found;
}
