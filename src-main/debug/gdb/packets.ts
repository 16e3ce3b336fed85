/** Framing of gdb's remote serial protocol ("Debugging with GDB", appendix E.1: `$body#checksum`, acks, Ctrl-C). */

const DOLLAR = 0x24,
  HASH = 0x23,
  PLUS = 0x2b,
  MINUS = 0x2d,
  STAR = 0x2a,
  ESCAPE = 0x7d,
  ESCAPE_XOR = 0x20,
  CONTROL_C = 0x03;

/** The longest body that is taken, in bytes: what `PacketSize` promises, and memory written in its longest form. */
export const MOST_BODY_BYTES = 0x4000;

export type PacketEvent =
  | { readonly kind: 'packet'; readonly body: Buffer }
  /** The checksum does not fit, or the body is longer than anybody was told to send: ask for it again. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'ack' | 'nack' | 'interrupt' };

/** Cuts a stream into packets, however it arrives in pieces. What is not part of a packet is skipped. */
export class PacketReader {
  private state: 'outside' | 'body' | 'checksum' = 'outside';
  private readonly body = Buffer.alloc(MOST_BODY_BYTES);
  private length = 0;
  private sum = 0;
  private digits = '';

  *push(chunk: Uint8Array): Generator<PacketEvent> {
    for (const byte of chunk) {
      const event = this.take(byte);
      if (event !== undefined) yield event;
    }
  }

  private take(byte: number): PacketEvent | undefined {
    // Never inside of a body: there it would be escaped. So a packet that was cut off hurts no other.
    if (byte === DOLLAR) {
      this.state = 'body';
      this.length = 0;
      this.sum = 0;
      return undefined;
    }
    switch (this.state) {
      case 'outside':
        return outsideEvent(byte);
      case 'body':
        if (byte === HASH) {
          this.state = 'checksum';
          this.digits = '';
          return undefined;
        }
        if (this.length < MOST_BODY_BYTES) this.body[this.length] = byte;
        this.length++;
        this.sum = (this.sum + byte) & 0xff;
        return undefined;
      case 'checksum':
        this.digits += String.fromCharCode(byte);
        return this.digits.length < 2 ? undefined : this.finish();
    }
  }

  private finish(): PacketEvent {
    this.state = 'outside';
    const isWhole = this.length <= MOST_BODY_BYTES && /^[0-9a-f]{2}$/i.test(this.digits);
    if (!isWhole || parseInt(this.digits, 16) !== this.sum) return { kind: 'corrupt' };
    return { kind: 'packet', body: Buffer.from(this.body.subarray(0, this.length)) };
  }
}

function outsideEvent(byte: number): PacketEvent | undefined {
  switch (byte) {
    case PLUS:
      return { kind: 'ack' };
    case MINUS:
      return { kind: 'nack' };
    case CONTROL_C:
      return { kind: 'interrupt' };
    default:
      return undefined;
  }
}

/** A packet around a body, whose special bytes are escaped already. */
export function framed(body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const sum = bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([Buffer.from('$'), bytes, Buffer.from(`#${sum.toString(16).padStart(2, '0')}`)]);
}

/** Binary data as a body may hold it. */
export function escaped(data: Uint8Array): Buffer {
  const bytes: number[] = [];
  for (const byte of data) {
    if (byte === DOLLAR || byte === HASH || byte === STAR || byte === ESCAPE) bytes.push(ESCAPE, byte ^ ESCAPE_XOR);
    else bytes.push(byte);
  }
  return Buffer.from(bytes);
}

export function unescaped(data: Uint8Array): Buffer {
  const bytes: number[] = [];
  let isEscaped = false;
  for (const byte of data) {
    if (!isEscaped && byte === ESCAPE) isEscaped = true;
    else {
      bytes.push(isEscaped ? byte ^ ESCAPE_XOR : byte);
      isEscaped = false;
    }
  }
  return Buffer.from(bytes);
}
