/** Bytes of a LEB128 number of 64 bits; a longer one would count up to infinity, and never get anywhere from there. */
const LONGEST_LEB128 = 10;
/** No name is longer. Many entries may name one place, so that each must be cheap to read. */
const LONGEST_TEXT = 4096;

/** Reads little-endian values one after the other; reading past the end, or what no compiler writes, throws a RangeError. */
export class ByteCursor {
  at: number;
  readonly end: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    if (end > bytes.length) throw new RangeError('the section ends too early');
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  i8(): number {
    return this.view.getInt8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** Of 8 bytes; beyond 2^53 it loses bits. */
  u64(): number {
    return Number(this.view.getBigUint64(this.advance(8), true));
  }

  skip(byteLength: number): void {
    this.advance(byteLength);
  }

  /** LEB128 (DWARF 5, 7.6). */
  unsigned(): number {
    return this.leb128().value;
  }

  signed(): number {
    const { value, isNegative, scale } = this.leb128();
    return isNegative ? value - scale : value;
  }

  /** Text up to a byte of zero. */
  text(): string {
    const rest = this.bytes.subarray(this.at, Math.min(this.end, this.at + LONGEST_TEXT));
    const length = rest.indexOf(0);
    if (length < 0) throw new RangeError('a string has no end');
    this.at += length + 1;
    return new TextDecoder().decode(rest.subarray(0, length));
  }

  /** `isNegative`: its highest bit, which is one below `scale`, is set. */
  private leb128(): { readonly value: number; readonly isNegative: boolean; readonly scale: number } {
    let value = 0;
    let scale = 1;
    for (let left = LONGEST_LEB128; left > 0; left--) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return { value, isNegative: (byte & 0x40) !== 0, scale };
    }
    throw new RangeError('a number is too long');
  }

  private advance(byteLength: number): number {
    const { at } = this;
    if (byteLength < 0 || at + byteLength > this.end) throw new RangeError('the section ends too early');
    this.at = at + byteLength;
    return at;
  }
}
