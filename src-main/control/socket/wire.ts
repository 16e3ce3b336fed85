/**
 * What JSON has no form for, each as an object with this one key. Values of 64 bits are decimal texts: other programs'
 * JSON would round them as numbers.
 */
const FORMS: readonly {
  readonly key: string;
  /** Undefined: the value has another form. */
  encode(value: unknown): unknown;
  /** Undefined: it is none of this form, and stays the object that it is. */
  decode(encoded: unknown): unknown;
}[] = [
  {
    key: '$bytes',
    encode: (value) =>
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : undefined,
    decode: (encoded) => (typeof encoded === 'string' ? new Uint8Array(Buffer.from(encoded, 'base64')) : undefined),
  },
  {
    key: '$integer',
    encode: (value) => (typeof value === 'bigint' ? String(value) : undefined),
    decode: (encoded) => (isInteger(encoded) ? BigInt(encoded) : undefined),
  },
  {
    key: '$quadwords',
    encode: (value) => (value instanceof BigUint64Array ? Array.from(value, String) : undefined),
    decode: (encoded) =>
      Array.isArray(encoded) && encoded.every(isInteger) ? BigUint64Array.from(encoded, BigInt) : undefined,
  },
  {
    key: '$doubles',
    encode: (value) => (value instanceof Float64Array ? [...value] : undefined),
    decode: (encoded) => (Array.isArray(encoded) && encoded.every(isNumber) ? Float64Array.from(encoded) : undefined),
  },
  {
    key: '$number',
    encode(value) {
      if (Object.is(value, -0)) return '-0';
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : undefined;
    },
    decode: (encoded) => (isNumberBeyondJson(encoded) ? Number(encoded) : undefined),
  },
];

/** A message as one line. Bytes, big integers, quadwords, doubles, and numbers that JSON does not know may lie anywhere in it. */
export function encodeLine(message: unknown): string {
  // The value itself, for `toJSON` has already made something else of a Buffer.
  function replace(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
    const raw = this[key];
    for (const { key: name, encode } of FORMS) {
      const encoded = encode(raw);
      if (encoded !== undefined) return { [name]: encoded };
    }
    return value;
  }
  return `${JSON.stringify(message, replace)}\n`;
}

/** Throws what `JSON.parse` and `TextDecoder` throw. */
export function decodeLine(line: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const [entry, ...others] = Object.entries(value);
    if (entry === undefined || others.length > 0) return value;
    const [key, encoded]: [string, unknown] = entry;
    return FORMS.find((form) => form.key === key)?.decode(encoded) ?? value;
  });
}

/** Of at most 64 bits: longer ones would take long to read. */
function isInteger(encoded: unknown): encoded is string {
  return typeof encoded === 'string' && /^-?\d{1,20}$/.test(encoded);
}

/** `JSON.stringify` makes null of the first three, and drops the sign of the last. */
function isNumberBeyondJson(encoded: unknown): boolean {
  return encoded === 'NaN' || encoded === 'Infinity' || encoded === '-Infinity' || encoded === '-0';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
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
