/** Bytes in JSON: an object with this one key, its value in base64. */
const BYTES_KEY = '$bytes';

/** A message as one line. Bytes may lie anywhere in it; other typed arrays may not. */
export function encodeLine(message: unknown): string {
  // The value itself, for `toJSON` has already made something else of a Buffer.
  function replace(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
    const raw = this[key];
    if (!(raw instanceof Uint8Array)) return value;
    return { [BYTES_KEY]: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64') };
  }
  return `${JSON.stringify(message, replace)}\n`;
}

/** Throws what `JSON.parse` and `TextDecoder` throw. */
export function decodeLine(line: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  return JSON.parse(text, (_key, value: unknown) => {
    const encoded = base64Of(value);
    return encoded === undefined ? value : new Uint8Array(Buffer.from(encoded, 'base64'));
  });
}

function base64Of(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BYTES_KEY)) return undefined;
  const { [BYTES_KEY]: encoded, ...rest } = value as Readonly<Record<string, unknown>>;
  return typeof encoded === 'string' && Object.keys(rest).length === 0 ? encoded : undefined;
}

/** Cuts what comes from a socket into lines, none longer than a limit. */
export class LineSplitter {
  private readonly bytesMost: number;
  private parts: Uint8Array[] = [];
  private partBytes = 0;

  constructor(bytesMost: number) {
    this.bytesMost = bytesMost;
  }

  /** The lines that are complete now, without their ends; `too-long` once one has passed the limit. */
  push(chunk: Uint8Array): readonly Uint8Array[] | 'too-long' {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end < 0 ? undefined : end);
      if (this.partBytes + part.length > this.bytesMost) return 'too-long';
      this.parts.push(part);
      this.partBytes += part.length;
      if (end < 0) return lines;
      lines.push(this.parts.length === 1 ? part : Buffer.concat(this.parts, this.partBytes));
      this.parts = [];
      this.partBytes = 0;
      start = end + 1;
    }
  }
}

const NEWLINE = 10;
