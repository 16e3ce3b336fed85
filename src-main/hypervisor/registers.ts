/**
 * The registers that the window shows and edits, as one flat vector of 64-bit slots, so that a sample is
 * one typed array to transfer and long mode changes no message.
 */

const general = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
const segments = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;

/** In the order of the values. Segment registers have their selector under the plain name and their hidden part beside it. */
// prettier-ignore
export const REGISTER_NAMES = [
  ...general,
  'eip', 'eflags',
  ...segments,
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

/** One value per name of REGISTER_NAMES. */
export type RegisterValues = BigUint64Array;

/** Index of a register's value. */
export const REGISTER_INDEX: Readonly<Record<RegisterName, number>> = Object.fromEntries(
  REGISTER_NAMES.map((name, index) => [name, index]),
  // Object.fromEntries forgets which keys it was given.
) as Record<RegisterName, number>;
