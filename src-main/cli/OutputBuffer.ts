const NEWLINE = 10;

/**
 * What a run has to say between two turns of the event loop, in the order in which it happened: serial bytes and
 * lines of port logs for standard output, and the serial port's newest bytes for the report.
 */
export class OutputBuffer {
  private readonly mostKept: number;
  private readonly encoder = new TextEncoder();
  private outgoing: number[] = [];
  private unsaved: number[] = [];
  private keptChunks: Uint8Array[] = [];
  private current: number[] = [];
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
    this.unsaved = [];
    const bytes = Uint8Array.from(this.outgoing);
    this.outgoing = [];
    return bytes;
  }

  /** Serial bytes since the last `take`. */
  takeSerial(): Uint8Array {
    return Uint8Array.from(this.unsaved);
  }

  /** The newest serial bytes. */
  kept(): Uint8Array {
    const all = Uint8Array.from([...this.keptChunks.flatMap((chunk) => [...chunk]), ...this.current]);
    return all.subarray(Math.max(0, all.length - this.mostKept));
  }

  private push(byte: number): void {
    this.outgoing.push(byte);
    this.lastByte = byte;
  }

  private keep(byte: number): void {
    this.current.push(byte);
    if (this.current.length < 0x10000) return;
    this.keptChunks.push(Uint8Array.from(this.current));
    this.keptBytes += this.current.length;
    this.current = [];
    while (this.keptBytes - (this.keptChunks[0]?.length ?? 0) >= this.mostKept) {
      this.keptBytes -= this.keptChunks.shift()?.length ?? 0;
    }
  }
}
