import { gunzipSync, gzipSync } from 'node:zlib';
import type { OracleCase, OracleResult } from './OracleCase.ts';
import {
  X87_BYTES,
  XMM_BYTES,
  vectorStateOf,
  type VectorChoice,
  type VectorContents,
  type VectorState,
} from './vectorState.ts';

/** A case and what the hardware made of it. */
export interface RecordedCase {
  readonly given: OracleCase;
  readonly result: OracleResult;
}

const VERSION = 1;
const INITIAL_SEGMENTS = [0x2b, 0x23, 0x2b, 0x2b, 0x2b, 0x2b];

/** Vectors that push an error code. */
export function hasErrorCode(vector: number): boolean {
  return vector === 8 || (vector >= 10 && vector <= 14) || vector === 17;
}

/**
 * gzip of: version (u32), byte length of a JSON text (u32), that text (names of rows and variants), then the
 * cases one after the other. Of registers and segments only those that changed are kept. All cases of a recording
 * have vector state of the same kind, or none.
 */
export function encodeRecording(cases: readonly RecordedCase[]): Uint8Array {
  const rows = [...new Set(cases.map(({ given }) => given.row))];
  const variants = [...new Set(cases.map(({ given }) => given.variant))];
  const writer = new Writer();
  const vectors = cases[0]?.given.vectors;
  const hasVectors = vectors !== undefined;
  const contents = vectors?.contents;
  const names = new TextEncoder().encode(JSON.stringify({ rows, variants, count: cases.length, hasVectors, contents }));
  writer.u32(VERSION);
  writer.u32(names.length);
  for (const byte of names) writer.u8(byte);
  for (const { given, result } of cases) {
    writer.u16(rows.indexOf(given.row));
    writer.u8(variants.indexOf(given.variant));
    writer.u8(given.bytes.length | (given.isLow ? 0x80 : 0));
    for (const byte of given.bytes) writer.u8(byte);
    writer.u8(given.seed);
    for (const register of given.registers) writer.u32(register);
    writer.u32(given.flags);
    writer.u8(given.pokes.length);
    for (const [at, value] of given.pokes) {
      writer.u16(at);
      writer.u32(value);
    }
    writer.u8(result.vector);
    if (hasErrorCode(result.vector)) writer.u32(result.errorCode);
    writer.changed(given.registers, result.registers, (value) => writer.u32(value));
    writer.u32(result.eip);
    writer.u32(result.flags);
    writer.changed(INITIAL_SEGMENTS, result.segments, (value) => writer.u16(value));
    writer.u8(result.changes.length);
    for (const [address, value] of result.changes) {
      writer.u32(address);
      writer.u8(value);
    }
    if (given.vectors && result.vectors) writeVectors(writer, given.vectors, result.vectors);
  }
  return gzipSync(writer.bytes(), { level: 9 });
}

export function decodeRecording(compressed: Uint8Array): RecordedCase[] {
  const reader = new Reader(gunzipSync(compressed));
  if (reader.u32() !== VERSION) throw new Error('this recording was made by another version: record it anew');
  const text = new TextDecoder().decode(reader.take(reader.u32()));
  // Written by encodeRecording.
  const {
    rows,
    variants,
    count,
    hasVectors,
    contents = 'anything',
  } = JSON.parse(text) as {
    rows: string[];
    variants: string[];
    count: number;
    hasVectors?: boolean;
    contents?: VectorContents;
  };
  return Array.from({ length: count }, () => {
    const recorded = readCase(reader, rows, variants);
    return hasVectors === true ? withVectors(reader, contents, recorded) : recorded;
  });
}

const WORDS = ['x87Control', 'x87Status', 'x87Valid', 'mxcsr'] as const;

function writeVectors(writer: Writer, choice: VectorChoice, after: VectorState): void {
  const before = vectorStateOf(choice);
  writer.u16(choice.seed);
  writer.u16(choice.mxcsr);
  writer.changedBytes(before.xmm, after.xmm, XMM_BYTES);
  writer.changedBytes(before.x87, after.x87, X87_BYTES);
  writer.changed(
    WORDS.map((field) => before[field]),
    WORDS.map((field) => after[field]),
    (value) => writer.u16(value),
  );
}

function withVectors(reader: Reader, contents: VectorContents, { given, result }: RecordedCase): RecordedCase {
  const choice = { contents, seed: reader.u16(), mxcsr: reader.u16() };
  const before = vectorStateOf(choice);
  const xmm = reader.changedBytes(before.xmm, XMM_BYTES);
  const x87 = reader.changedBytes(before.x87, X87_BYTES);
  const [x87Control, x87Status, x87Valid, mxcsr] = reader.changed(
    WORDS.map((field) => before[field]),
    () => reader.u16(),
  );
  const vectors = { xmm, x87, x87Control, x87Status, x87Valid, mxcsr };
  return { given: { ...given, vectors: choice }, result: { ...result, vectors } };
}

function readCase(reader: Reader, rows: readonly string[], variants: readonly string[]): RecordedCase {
  const row = rows[reader.u16()];
  const variant = variants[reader.u8()];
  const head = reader.u8();
  const bytes = reader.take(head & 0x7f);
  const seed = reader.u8();
  const registers = Array.from({ length: 8 }, () => reader.u32());
  const flags = reader.u32();
  const pokes = Array.from({ length: reader.u8() }, () => [reader.u16(), reader.u32()] as const);
  const given = { row, variant, bytes, isLow: head >= 0x80, seed, registers, flags, pokes };
  const vector = reader.u8();
  const result = {
    vector,
    errorCode: hasErrorCode(vector) ? reader.u32() : 0,
    registers: reader.changed(registers, () => reader.u32()),
    eip: reader.u32(),
    flags: reader.u32(),
    segments: reader.changed(INITIAL_SEGMENTS, () => reader.u16()),
    changes: Array.from({ length: reader.u8() }, () => [reader.u32(), reader.u8()] as const),
  };
  return { given, result };
}

class Writer {
  private readonly list: number[] = [];

  u8(value: number): void {
    this.list.push(value & 0xff);
  }

  u16(value: number): void {
    this.list.push(value & 0xff, (value >>> 8) & 0xff);
  }

  u32(value: number): void {
    this.u16(value);
    this.u16(value >>> 16);
  }

  /** A bit for each value that changed, then those values. */
  changed(before: readonly number[], after: readonly number[], write: (value: number) => void): void {
    const differing = after.filter((value, index) => value !== before[index]);
    this.u8(after.reduce((mask, value, index) => (value === before[index] ? mask : mask | (1 << index)), 0));
    differing.forEach(write);
  }

  /** The same for 8 registers of `size` bytes. */
  changedBytes(before: Uint8Array, after: Uint8Array, size: number): void {
    const [old, now] = [before, after].map((bytes) =>
      Array.from({ length: 8 }, (_, index) => bytes.subarray(index * size, (index + 1) * size)),
    );
    const differs = now.map((bytes, index) => Buffer.compare(bytes, old[index]) !== 0);
    this.u8(differs.reduce((mask, isChanged, index) => (isChanged ? mask | (1 << index) : mask), 0));
    now.forEach((bytes, index) => {
      if (differs[index]) for (const byte of bytes) this.u8(byte);
    });
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.list);
  }
}

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  take(length: number): Uint8Array {
    this.at += length;
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at - length, length);
  }

  changedBytes(before: Uint8Array, size: number): Uint8Array {
    const after = before.slice();
    const mask = this.u8();
    for (let index = 0; index < 8; index++) if (mask & (1 << index)) after.set(this.take(size), index * size);
    return after;
  }

  changed(before: readonly number[], read: () => number): number[] {
    const mask = this.u8();
    return before.map((value, index) => (mask & (1 << index) ? read() : value));
  }
}
