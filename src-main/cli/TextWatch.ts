/** Looks for a text in a stream of bytes, however the stream is cut, and on the screen. */
export class TextWatch {
  private readonly text: string;
  private readonly wanted: Uint8Array;
  /** For each length of what has been met of the text: the longest shorter beginning of it that this ends with. */
  private readonly shorter: Uint32Array;
  /** How much of the text the last bytes are. */
  private met = 0;
  private isFound = false;

  constructor(text: string) {
    this.text = text;
    this.wanted = new TextEncoder().encode(text);
    this.shorter = borders(this.wanted);
  }

  get isSeen(): boolean {
    return this.isFound;
  }

  /** Returns whether the text is complete with this byte. Guests send a million of them a second. */
  onByte(byte: number): boolean {
    if (this.isFound) return false;
    const { wanted, shorter } = this;
    while (this.met > 0 && wanted[this.met] !== byte) this.met = shorter[this.met] ?? 0;
    if (wanted[this.met] === byte) this.met++;
    this.isFound = this.met === wanted.length;
    return this.isFound;
  }

  onScreen(lines: readonly string[]): boolean {
    this.isFound ||= lines.join('\n').includes(this.text);
    return this.isFound;
  }
}

/** Knuth, Morris and Pratt, "Fast Pattern Matching in Strings", 1977. */
function borders(text: Uint8Array): Uint32Array {
  const shorter = new Uint32Array(text.length + 1);
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = shorter[length] ?? 0;
    if (text[at] === text[length]) length++;
    shorter[at + 1] = length;
  }
  return shorter;
}
