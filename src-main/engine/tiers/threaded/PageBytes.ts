import { PAGE_BYTES } from '../../state/layout.ts';

/** A set of a page's bytes, by their offsets. */
export class PageBytes {
  /** One bit per byte, lowest first. */
  private readonly bits = new Uint8Array(PAGE_BYTES / 8);

  /** Adds the bytes from `start` to before `end`. */
  add(start: number, end: number): void {
    const first = start >>> 3,
      last = (end - 1) >>> 3;
    if (first === last) {
      this.bits[first] |= from(start) & before(end);
      return;
    }
    this.bits[first] |= from(start);
    this.bits.fill(0xff, first + 1, last);
    this.bits[last] |= before(end);
  }

  /** Whether any byte from `start` to before `end` is in it. */
  holdsAny(start: number, end: number): boolean {
    const last = (end - 1) >>> 3;
    for (let at = start >>> 3; at <= last; at++) {
      let wanted = 0xff;
      if (at === start >>> 3) wanted &= from(start);
      if (at === last) wanted &= before(end);
      if ((this.bits[at] & wanted) !== 0) return true;
    }
    return false;
  }

  clear(): void {
    this.bits.fill(0);
  }
}

/** Bits of the byte at `offset` and of those behind it, in its eight. */
function from(offset: number): number {
  return (0xff << (offset & 7)) & 0xff;
}

/** Bits of the bytes before `offset`, in the eight of the one before it. */
function before(offset: number): number {
  return 0xff >>> (7 - ((offset - 1) & 7));
}
