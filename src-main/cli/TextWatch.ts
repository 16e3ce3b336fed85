/** Looks for a text in a stream of bytes, however the stream is cut, and on the screen. */
export class TextWatch {
  private readonly text: string;
  private readonly wanted: Uint8Array;
  /** As many of the last bytes as the text has, less one, and the new ones behind them. */
  private tail = new Uint8Array(0);
  private isFound = false;

  constructor(text: string) {
    this.text = text;
    this.wanted = new TextEncoder().encode(text);
  }

  get isSeen(): boolean {
    return this.isFound;
  }

  /** Returns whether the text is complete with this byte. */
  onByte(byte: number): boolean {
    if (this.isFound) return false;
    const bytes = new Uint8Array(this.tail.length + 1);
    bytes.set(this.tail);
    bytes[this.tail.length] = byte;
    this.isFound = bytes.length === this.wanted.length && this.wanted.every((each, index) => each === bytes[index]);
    this.tail = bytes.length < this.wanted.length ? bytes : bytes.slice(1);
    return this.isFound;
  }

  onScreen(lines: readonly string[]): boolean {
    this.isFound ||= lines.join('\n').includes(this.text);
    return this.isFound;
  }
}
