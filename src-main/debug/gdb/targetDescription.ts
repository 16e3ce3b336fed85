import { CR0, CR4 } from '../../engine/semantics/system/controlBits.ts';
import { FLAG } from '../../engine/state/flags.ts';
import { REGISTER_FEATURES } from './x86Registers.ts';

type Field = readonly [name: string, start: number, end?: number];

/** Types that registers name; gdb has the plain ones built in. Bits by SDM vol. 1, 3.4.3 and 10.2.3; vol. 3A, 2.5. */
const FLAG_TYPES: Readonly<Record<string, readonly Field[]>> = {
  i386_eflags: [...fieldsOf(FLAG), ['', 1] as const].sort(([, one], [, other]) => one - other),
  i386_mxcsr: ['IE', 'DE', 'ZE', 'OE', 'UE', 'PE', 'DAZ', 'IM', 'DM', 'ZM', 'OM', 'UM', 'PM']
    .map((name, bit) => [name, bit] as const)
    .concat([['FZ', 15]]),
  i386_cr0: fieldsOf(CR0),
  i386_cr4: fieldsOf(CR4),
  i386_efer: [
    ['SCE', 0],
    ['NXE', 11],
  ],
};
const TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  'org.gnu.gdb.i386.core': ['i386_eflags'],
  'org.gnu.gdb.i386.sse': ['i386_mxcsr'],
  'org.vivarium.i386.system': ['i386_cr0', 'i386_cr4', 'i386_efer'],
};

/** What gdb's own description of SSE calls it ("Debugging with GDB", G.4.4). */
const VECTOR_TYPES = [
  ['v4_float', 'ieee_single', 4],
  ['v2_double', 'ieee_double', 2],
  ['v16_int8', 'int8', 16],
  ['v8_int16', 'int16', 8],
  ['v4_int32', 'int32', 4],
  ['v2_int64', 'int64', 2],
] as const;

/**
 * The registers, as gdb wants to know them ("Debugging with GDB", appendix G). Its `i8086` disassembles 16-bit code.
 */
export function targetDescription(codeBits: 16 | 32): string {
  const features = REGISTER_FEATURES.map(({ name, registers }) => {
    const types = [...(name.endsWith('.sse') ? vectorTypes() : []), ...(TYPES_OF[name] ?? []).map(flagType)];
    const list = registers.map(
      (register) =>
        `<reg name="${register.name}" bitsize="${register.bits}" type="${register.type}"` +
        `${register.group === undefined ? '' : ` group="${register.group}"`}/>`,
    );
    return [`<feature name="${name}">`, ...types, ...list, '</feature>'].join('\n');
  });
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
    '<target version="1.0">',
    `<architecture>${codeBits === 16 ? 'i8086' : 'i386'}</architecture>`,
    '<osabi>none</osabi>',
    ...features,
    '</target>',
    '',
  ].join('\n');
}

function flagType(name: string): string {
  const fields = (FLAG_TYPES[name] ?? []).map(([field, start, end = start]) => {
    const type = start === end ? '' : ' type="uint32"';
    return `<field name="${field}" start="${start}" end="${end}"${type}/>`;
  });
  return [`<flags id="${name}" size="4">`, ...fields, '</flags>'].join('\n');
}

function vectorTypes(): string[] {
  return [
    ...VECTOR_TYPES.map(([id, type, count]) => `<vector id="${id}" type="${type}" count="${count}"/>`),
    '<union id="vec128">',
    ...VECTOR_TYPES.map(([id]) => `<field name="${id}" type="${id}"/>`),
    '<field name="uint128" type="uint128"/>',
    '</union>',
  ];
}

/**
 * One region. Addresses are linear, so that any of them may lead anywhere; without a region gdb would not touch an
 * address, and with a ROM's it would refuse software breakpoints, which need no memory here.
 */
export const MEMORY_MAP = [
  '<?xml version="1.0"?>',
  '<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd">',
  '<memory-map>',
  '<memory type="ram" start="0x0" length="0x100000000"/>',
  '</memory-map>',
  '',
].join('\n');

/** Fields of a register by their masks. */
function fieldsOf(masks: Readonly<Record<string, number>>): Field[] {
  return Object.entries(masks).map(([name, mask]) => {
    const start = 31 - Math.clz32(mask & -mask);
    const end = 31 - Math.clz32(mask);
    return start === end ? [name, start] : [name, start, end];
  });
}
