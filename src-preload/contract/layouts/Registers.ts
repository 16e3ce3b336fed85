/**
 * Registers of one vCPU as a flat vector of 64-bit slots (BigUint64Array) in this order; the same names and order
 * as the hypervisor's (a unit test compares them; repeated because the bridge imports nothing of main).
 * A segment register has its selector under the plain name and its hidden part beside it.
 */
// prettier-ignore
export const REGISTER_NAMES = [
  'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi',
  'eip', 'eflags',
  'es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr',
  'es.base', 'cs.base', 'ss.base', 'ds.base', 'fs.base', 'gs.base', 'ldtr.base', 'tr.base',
  'es.limit', 'cs.limit', 'ss.limit', 'ds.limit', 'fs.limit', 'gs.limit', 'ldtr.limit', 'tr.limit',
  /** Access byte in bits 7..0, flags (AVL L D/B G) in bits 15..12, as in bits 55..40 of a descriptor. */
  'es.attributes', 'cs.attributes', 'ss.attributes', 'ds.attributes',
  'fs.attributes', 'gs.attributes', 'ldtr.attributes', 'tr.attributes',
  'cr0', 'cr2', 'cr3', 'cr4',
  'gdtr.base', 'gdtr.limit', 'idtr.base', 'idtr.limit',
  'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7',
] as const;
export type RegisterName = (typeof REGISTER_NAMES)[number];

/** Index of a register's value. */
export const REGISTER_INDEX: Readonly<Record<RegisterName, number>> = Object.fromEntries(
  REGISTER_NAMES.map((name, index) => [name, index]),
  // Object.fromEntries forgets which keys it was given.
) as Record<RegisterName, number>;

export type ProcessorMode = 'real' | 'virtual8086' | 'protected16' | 'protected32';

/** Mode and privilege level, as the control registers and CS say (SDM vol. 3A, 2.2). */
export function processorMode(values: BigUint64Array): { readonly mode: ProcessorMode; readonly cpl: number } {
  const value = (name: RegisterName): number => Number(values[REGISTER_INDEX[name]] ?? 0n);
  if ((value('cr0') & 1) === 0) return { mode: 'real', cpl: 0 };
  if (value('eflags') & (1 << 17)) return { mode: 'virtual8086', cpl: 3 };
  // The stack segment's DPL is the CPL (SDM vol. 3A, 6.5).
  const cpl = (value('ss.attributes') >> 5) & 3;
  return { mode: value('cs.attributes') & (1 << 14) ? 'protected32' : 'protected16', cpl };
}
