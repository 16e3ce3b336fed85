import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import type { Run } from './Pass.ts';
import { Section } from './Sections.ts';
import { constant, type Value } from './Value.ts';

/** Where a pass puts what it assembles: the current section, or absolute space, and its location counter. */
export class Output {
  section: Section;
  /** Location counter of ABSOLUTE and STRUC, or null in a section. */
  absolute: Value | null = null;
  /** A complaint that makes the rest of the pass pointless has been made. */
  stopped = false;
  bits: 16 | 32;
  /** The source has chosen the code size. */
  bitsStated = false;
  /** Code size at the first byte, and whether the source had chosen it by then. */
  firstBits: 16 | 32 | null = null;
  firstBitsStated = false;
  private readonly run: Run;
  private readonly final: boolean;
  private readonly diagnostics: Diagnostics;

  constructor(run: Run, final: boolean, diagnostics: Diagnostics) {
    this.run = run;
    this.final = final;
    this.diagnostics = diagnostics;
    this.bits = run.initialBits;
    for (const section of run.sections.values()) section.size = 0;
    this.section = this.sectionNamed('.text');
  }

  /** Where the next byte goes. */
  get location(): Value {
    return this.absolute ?? { scalar: BigInt(this.section.size), terms: this.section.terms, unknown: false };
  }

  /** `$$` */
  get start(): Value {
    return this.absolute === null ? { scalar: 0n, terms: this.section.terms, unknown: false } : constant(0n);
  }

  /** Bytes so far in the current section, or in absolute space. */
  get size(): number {
    return this.absolute === null ? this.section.size : Number(this.absolute.scalar);
  }

  sectionNamed(name: string): Section {
    let section = this.run.sections.get(name);
    if (section === undefined) this.run.sections.set(name, (section = new Section(name)));
    return section;
  }

  private complain(span: SourceSpan, message: string): void {
    if (this.final) this.diagnostics.error(span, message);
  }

  stop(span: SourceSpan, message: string): void {
    this.diagnostics.error(span, message);
    this.stopped = true;
  }

  tooLarge(span: SourceSpan): void {
    this.stop(
      span,
      `The program becomes larger than ${formatSize(this.run.maxBytes)} here, which is more than it may be. Reduce the count or the address; space that needs no contents belongs into section .bss.`,
    );
  }

  /** Room for bytes of code or data in the current section; null where none can be stored. */
  extend(count: number, span: SourceSpan): Uint8Array | null {
    if (this.absolute !== null) {
      this.absolute = { ...this.absolute, scalar: this.absolute.scalar + BigInt(count) };
      this.complain(
        span,
        'Nothing can be stored in absolute space; it only names addresses. Use resb and its like here, or go back with “section .text”.',
      );
      return null;
    }
    const { section } = this;
    if (section.nobits) {
      if (this.final)
        this.diagnostics.warning(
          span,
          `Section ${section.name} only reserves space; what is stored here is lost. Put it into section .data.`,
        );
      section.size += count;
      return null;
    }
    if (section.size + count > this.run.maxBytes) {
      this.tooLarge(span);
      return null;
    }
    if (this.firstBits === null && count > 0) {
      this.firstBits = this.bits;
      this.firstBitsStated = this.bitsStated;
    }
    if (this.final) return section.extend(count);
    section.size += count;
    return null;
  }

  put(bytes: ArrayLike<number>, span: SourceSpan): void {
    this.extend(bytes.length, span)?.set(bytes);
  }

  reserve(count: number, span: SourceSpan): void {
    if (count < 0) this.complain(span, `${count} bytes cannot be reserved; the count must not be negative.`);
    if (count <= 0) return;
    if (this.absolute !== null) this.absolute = { ...this.absolute, scalar: this.absolute.scalar + BigInt(count) };
    else if (this.section.nobits) {
      this.section.size += count;
      if (this.section.size > 0xffff_ffff)
        this.stop(span, `Section ${this.section.name} becomes larger than the 4 GiB that can be addressed.`);
    } else {
      this.extend(count, span)?.fill(0);
    }
  }
}

export function formatSize(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) return `${bytes >> 20} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes >> 10} KiB` : `${bytes} bytes`;
}
