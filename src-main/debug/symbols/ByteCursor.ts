/** Reads little-endian values one after the other; reading past the end throws a RangeError. */
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
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? value - scale * 128 : value;
    }
  }

  /** Text up to a byte of zero. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0 || end >= this.end) throw new RangeError('a string has no end');
    const text = new TextDecoder().decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }

  private advance(byteLength: number): number {
    const { at } = this;
    if (byteLength < 0 || at + byteLength > this.end) throw new RangeError('the section ends too early');
    this.at = at + byteLength;
    return at;
  }
}
