/**
 * The few terms of ACPI machine language that our tables need (ACPI specification 6.5, chapter 20; resource
 * descriptors: 6.4). Each function gives a term's bytes.
 */
export type Aml = readonly number[];

const word = (value: number): Aml => [value & 0xff, (value >>> 8) & 0xff];
const dword = (value: number): Aml => [...word(value), ...word(value >>> 16)];

/** `PCI0`, `\_SB`, `_S5`: segments are filled up with underscores. */
function nameString(name: string): Aml {
  const root = name.startsWith('\\') ? [0x5c] : [];
  return [...root, ...[...name.replace('\\', '').padEnd(4, '_')].map((letter) => letter.charCodeAt(0))];
}

/** A package length counts itself (20.2.4). */
function withLength(contents: Aml): Aml {
  const length = contents.length;
  if (length + 1 < 0x40) return [length + 1, ...contents];
  for (const extra of [1, 2, 3]) {
    const total = length + 1 + extra;
    if (total >= 2 ** (4 + 8 * extra)) continue;
    const rest = Array.from({ length: extra }, (_, i) => (total >>> (4 + 8 * i)) & 0xff);
    return [(extra << 6) | (total & 0xf), ...rest, ...contents];
  }
  throw new Error('an AML package is too long');
}

export function integer(value: number): Aml {
  if (value === 0 || value === 1) return [value];
  if (value < 0x100) return [0x0a, value];
  if (value < 0x1_0000) return [0x0b, ...word(value)];
  return [0x0c, ...dword(value)];
}

export function named(name: string, value: Aml): Aml {
  return [0x08, ...nameString(name), ...value];
}

export function scope(name: string, ...terms: Aml[]): Aml {
  return [0x10, ...withLength([...nameString(name), ...terms.flat()])];
}

export function device(name: string, ...terms: Aml[]): Aml {
  return [0x5b, 0x82, ...withLength([...nameString(name), ...terms.flat()])];
}

export function packageOf(...elements: Aml[]): Aml {
  return [0x12, ...withLength([elements.length, ...elements.flat()])];
}

/** `PNP0A03` as the number that _HID takes (6.1.5). */
export function eisaId(id: string): Aml {
  const letter = (index: number): number => id.charCodeAt(index) - 0x40;
  const digits = parseInt(id.slice(3), 16);
  const vendor = (letter(0) << 10) | (letter(1) << 5) | letter(2);
  return [0x0c, vendor >>> 8, vendor & 0xff, digits >>> 8, digits & 0xff];
}

export function resources(...descriptors: Aml[]): Aml {
  const bytes = [...descriptors.flat(), 0x79, 0];
  return [0x11, ...withLength([...integer(bytes.length), ...bytes])];
}

export function ports(first: number, count: number): Aml {
  return [0x47, 1, ...word(first), ...word(first), 1, count];
}

export function irq(number: number): Aml {
  return [0x22, ...word(1 << number)];
}

/** Resource types of address space descriptors, with their flags: memory that may be written, all of I/O space, buses. */
const SPACE = { memory: [0, 1], io: [1, 3], bus: [2, 0] } as const;
/** Minimum and maximum are fixed; the device passes the range on. */
const FIXED_PRODUCER = 0x0c;

export function wordRange(kind: 'io' | 'bus', first: number, last: number): Aml {
  const [type, flags] = SPACE[kind];
  const range = [0, first, last, 0, last - first + 1].flatMap(word);
  return [0x88, 0x0d, 0, type, FIXED_PRODUCER, flags, ...range];
}

export function memoryRange(first: number, last: number): Aml {
  const [type, flags] = SPACE.memory;
  const range = [0, first, last, 0, last - first + 1].flatMap(dword);
  return [0x87, 0x17, 0, type, FIXED_PRODUCER, flags, ...range];
}
