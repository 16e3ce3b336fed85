const NEWLINE = 10;
/** What the newest bytes are kept in pieces of. */
const CHUNK_BYTES = 0x10000;

/** Bytes one after the other, until somebody takes them. */
class ByteList {
  private bytes = new Uint8Array(256);
  private length = 0;

  push(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }

  get(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

/**
 * What a run has to say between two turns of the event loop, in the order in which it happened: serial bytes and
 * lines of port logs for standard output, and the serial port's newest bytes for the report.
 */
export class OutputBuffer {
  private readonly mostKept: number;
  private readonly encoder = new TextEncoder();
  private readonly outgoing = new ByteList();
  private readonly unsaved = new ByteList();
  private keptChunks: Uint8Array[] = [];
  private current = new Uint8Array(CHUNK_BYTES);
  private currentBytes = 0;
  private keptBytes = 0;
  private lastByte = NEWLINE;
  private lastTakenAtNs = 0;

  constructor(options: { readonly mostKept: number }) {
    this.mostKept = options.mostKept;
  }

  /** A byte from the serial port; shown on standard output or not. */
  serial(byte: number, isShown: boolean): void {
    this.keep(byte);
    this.unsaved.push(byte);
    if (isShown) this.push(byte);
  }

  /** A byte for standard output. */
  show(byte: number): void {
    this.push(byte);
  }

  /** A line on standard output, alone on its line. */
  line(text: string): void {
    if (this.lastByte !== NEWLINE) this.push(NEWLINE);
    for (const byte of this.encoder.encode(`${text}\n`)) this.push(byte);
  }

  /** What was written last ended its line. */
  get endsLine(): boolean {
    return this.lastByte === NEWLINE;
  }

  /** Host time of the last `take`. */
  get takenAtNs(): number {
    return this.lastTakenAtNs;
  }

  /** What standard output has not got yet. */
  take(nowNs: number): Uint8Array {
    this.lastTakenAtNs = nowNs;
    this.unsaved.clear();
    const bytes = this.outgoing.get();
    this.outgoing.clear();
    return bytes;
  }

  /** Serial bytes since the last `take`. */
  takeSerial(): Uint8Array {
    return this.unsaved.get();
  }

  /** The newest serial bytes. */
  kept(): Uint8Array {
    const all = Buffer.concat([...this.keptChunks, this.current.subarray(0, this.currentBytes)]);
    return all.subarray(Math.max(0, all.length - this.mostKept));
  }

  private push(byte: number): void {
    this.outgoing.push(byte);
    this.lastByte = byte;
  }

  private keep(byte: number): void {
    this.current[this.currentBytes++] = byte;
    if (this.currentBytes < CHUNK_BYTES) return;
    this.keptChunks.push(this.current);
    this.keptBytes += this.currentBytes;
    this.current = new Uint8Array(CHUNK_BYTES);
    this.currentBytes = 0;
    while (this.keptBytes - (this.keptChunks[0]?.length ?? 0) >= this.mostKept) {
      this.keptBytes -= this.keptChunks.shift()?.length ?? 0;
    }
  }
}
