import type { Term } from './Value.ts';

/** A part of the program with its own location counter, laid out like the sections of `nasm -f bin`. */
export class Section {
  readonly name: string;
  /** Reserves space only: .bss. */
  nobits: boolean;
  /** 0: the default, 4 for all but the first. */
  align = 0;
  start: bigint | null = null;
  vstart: bigint | null = null;
  follows: string | null = null;
  vfollows: string | null = null;
  /** Location counter in this pass. */
  size = 0;
  /** Place in the file, relative to its start, and address of the first byte; known before the last pass. */
  fileOffset = 0;
  base = 0n;
  /** The one term of a label in this section. */
  readonly terms: readonly Term[];
  private bytes = new Uint8Array(0);

  constructor(name: string) {
    this.name = name;
    this.nobits = name === '.bss';
    this.terms = [{ kind: 'section', name, factor: 1n }];
  }

  get contents(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  /** Room for `count` bytes at the location counter, which it advances; to be filled in by the caller. */
  extend(count: number): Uint8Array {
    const end = this.size + count;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2, 256));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    const room = this.bytes.subarray(this.size, end);
    this.size = end;
    return room;
  }
}

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Sections in the order of the file; null with the names of sections that follow each other in a circle. */
function ordered(sections: readonly Section[]): Section[] {
  const progbits = sections.filter((section) => !section.nobits);
  const nobits = sections.filter((section) => section.nobits);
  const first = progbits.filter(({ name }) => name === '.text');
  const rest = progbits.filter(({ name }) => name !== '.text');
  const order = [...first, ...rest, ...nobits];
  for (const section of sections) {
    const leader = order.findIndex(({ name }) => name === section.follows);
    if (leader < 0 || order[leader] === section) continue;
    order.splice(order.indexOf(section), 1);
    order.splice(order.findIndex(({ name }) => name === section.follows) + 1, 0, section);
  }
  return order;
}

/** Gives every section its place in the file and its address. */
export function layOut(sections: readonly Section[], origin: bigint): Section[] {
  const order = ordered(sections);
  let offset = 0;
  order.forEach((section, i) => {
    const align = section.align || (i === 0 ? 1 : 4);
    offset = section.start === null ? alignUp(offset, align) : Number(section.start - origin);
    section.fileOffset = offset;
    section.base = section.vstart ?? origin + BigInt(offset);
    offset += section.size;
  });
  for (const section of order) {
    const leader = order.find(({ name }) => name === section.vfollows);
    if (leader !== undefined && section.vstart === null)
      section.base = BigInt(alignUp(Number(leader.base) + leader.size, section.align || 4));
  }
  return order;
}
