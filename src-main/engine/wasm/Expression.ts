/**
 * Wasm expressions as typed trees of bytes, built by the functions of this file and flattened once by
 * the function encoder. An expression that is used twice is evaluated twice: bind it to a local first.
 */

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** Nested bytes. */
export type Code = readonly (number | Code)[];

export interface Expression<T extends ValueType = ValueType> {
  readonly type: T;
  readonly code: Code;
  /** The value, when it is an i32 known at translation time (as an int32). */
  readonly constant?: number;
}

export type I32 = Expression<'i32'>;
export type I64 = Expression<'i64'>;
export type F32 = Expression<'f32'>;
export type F64 = Expression<'f64'>;
export type V128 = Expression<'v128'>;
/** An integer of either Wasm width: what 8-, 16-, 32- and 64-bit operands are held in. */
export type Integer = I32 | I64;

export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  do {
    let byte = value & 0x7f;
    value >>>= 7;
    if (value !== 0) byte |= 0x80;
    bytes.push(byte);
  } while (value !== 0);
  return bytes;
}

export function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && (byte & 0x40) === 0) || (value === -1 && (byte & 0x40) !== 0)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}

/** Signed LEB128 of a 64-bit value given as two int32 halves. */
function signedLeb64(low: number, high: number): number[] {
  if (high === low >> 31) return signedLeb(low);
  const bytes: number[] = [];
  for (;;) {
    const byte = low & 0x7f;
    low = (low >>> 7) | (high << 25);
    high >>= 7;
    const isSignBitSet = (byte & 0x40) !== 0;
    if ((low === 0 && high === 0 && !isSignBitSet) || (low === -1 && high === -1 && isSignBitSet)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}

/** Small constants, by value less the smallest: expressions are immutable, and these are wanted all the time. */
const SMALLEST = -64,
  SMALL = Array.from({ length: 192 }, (_, index) => makeI32Const(SMALLEST + index));

function makeI32Const(value: number): I32 {
  return { type: 'i32', code: [0x41, ...signedLeb(value)], constant: value };
}

export function i32Const(value: number): I32 {
  return SMALL[(value | 0) - SMALLEST] ?? makeI32Const(value | 0);
}

/** A 64-bit constant from its low half and its high half (default: the sign of the low half). */
export function i64Const(low: number, high: number = low >> 31): I64 {
  return { type: 'i64', code: [0x42, ...signedLeb64(low | 0, high | 0)] };
}

/** Reads of locals that have been asked for, by type and index. */
const GETS: Record<ValueType, Expression[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };

export function localGet<T extends ValueType>(index: number, type: T): Expression<T> {
  // The list holds expressions of the type that names it.
  return (GETS[type][index] ??= { type, code: [0x20, ...unsignedLeb(index)] }) as Expression<T>;
}

type Fold = (a: number, b: number) => number;

function binary(i32Opcode: number, i64Opcode: number, fold: Fold) {
  return <T extends Integer>(a: T, b: T): T => {
    if (a.type === 'i64') return { type: 'i64', code: [a.code, b.code, i64Opcode] } as unknown as T;
    if (a.constant !== undefined && b.constant !== undefined) return i32Const(fold(a.constant, b.constant)) as T;
    return { type: 'i32', code: [a.code, b.code, i32Opcode] } as unknown as T;
  };
}

function withZeroIdentity(operation: ReturnType<typeof binary>) {
  return <T extends Integer>(a: T, b: T): T => (b.constant === 0 ? a : operation(a, b));
}

/** The same for operations whose operands may change places. */
function withEitherZero(operation: ReturnType<typeof binary>) {
  return <T extends Integer>(a: T, b: T): T => (b.constant === 0 ? a : a.constant === 0 ? b : operation(a, b));
}

/** Operands are free of effects, so that one that does not matter may be left out. */
function conjunction(operation: ReturnType<typeof binary>) {
  return <T extends Integer>(a: T, b: T): T => {
    if (a.constant === 0 || b.constant === -1) return a;
    if (b.constant === 0 || a.constant === -1) return b;
    return operation(a, b);
  };
}

export const add = withEitherZero(binary(0x6a, 0x7c, (a, b) => a + b));
export const sub = withZeroIdentity(binary(0x6b, 0x7d, (a, b) => a - b));
export const mul = binary(0x6c, 0x7e, Math.imul);
export const and = conjunction(binary(0x71, 0x83, (a, b) => a & b));
export const or = withEitherZero(binary(0x72, 0x84, (a, b) => a | b));
export const xor = withEitherZero(binary(0x73, 0x85, (a, b) => a ^ b));
export const shl = withZeroIdentity(binary(0x74, 0x86, (a, b) => a << b));
export const shrSigned = withZeroIdentity(binary(0x75, 0x87, (a, b) => a >> b));
export const shr = withZeroIdentity(binary(0x76, 0x88, (a, b) => a >>> b));
export const rotl = binary(0x77, 0x89, (a, b) => (a << (b & 31)) | (a >>> (-b & 31)));
export const rotr = binary(0x78, 0x8a, (a, b) => (a >>> (b & 31)) | (a << (-b & 31)));

/** Division; the guest's own checks come first, since Wasm traps on zero and overflow. */
function division(i32Opcode: number, i64Opcode: number) {
  return <T extends Integer>(a: T, b: T): T =>
    ({ type: a.type, code: [a.code, b.code, a.type === 'i64' ? i64Opcode : i32Opcode] }) as unknown as T;
}
export const divSigned = division(0x6d, 0x7f);
export const divUnsigned = division(0x6e, 0x80);
export const remUnsigned = division(0x70, 0x82);

function comparison(i32Opcode: number, i64Opcode: number, fold: (a: number, b: number) => boolean) {
  return <T extends Integer>(a: T, b: T): I32 => {
    if (a.constant !== undefined && b.constant !== undefined) return i32Const(fold(a.constant, b.constant) ? 1 : 0);
    return { type: 'i32', code: [a.code, b.code, a.type === 'i64' ? i64Opcode : i32Opcode] };
  };
}
export const eq = comparison(0x46, 0x51, (a, b) => a === b);
export const ne = comparison(0x47, 0x52, (a, b) => a !== b);
export const ltSigned = comparison(0x48, 0x53, (a, b) => a < b);
export const ltUnsigned = comparison(0x49, 0x54, (a, b) => a >>> 0 < b >>> 0);
export const gtSigned = comparison(0x4a, 0x55, (a, b) => a > b);
export const gtUnsigned = comparison(0x4b, 0x56, (a, b) => a >>> 0 > b >>> 0);
export const leSigned = comparison(0x4c, 0x57, (a, b) => a <= b);
export const leUnsigned = comparison(0x4d, 0x58, (a, b) => a >>> 0 <= b >>> 0);
export const geSigned = comparison(0x4e, 0x59, (a, b) => a >= b);
export const geUnsigned = comparison(0x4f, 0x5a, (a, b) => a >>> 0 >= b >>> 0);

export function eqz(a: Integer): I32 {
  if (a.constant !== undefined) return i32Const(a.constant === 0 ? 1 : 0);
  return { type: 'i32', code: [a.code, a.type === 'i64' ? 0x50 : 0x45] };
}

export function clz<T extends Integer>(a: T): T {
  return { type: a.type, code: [a.code, a.type === 'i64' ? 0x79 : 0x67] } as unknown as T;
}

export function ctz<T extends Integer>(a: T): T {
  return { type: a.type, code: [a.code, a.type === 'i64' ? 0x7a : 0x68] } as unknown as T;
}

export function popcnt<T extends Integer>(a: T): T {
  return { type: a.type, code: [a.code, a.type === 'i64' ? 0x7b : 0x69] } as unknown as T;
}

/** Low 32 bits of an i64; an i32 as it is. */
export function wrap(a: Integer): I32 {
  return a.type === 'i64' ? { type: 'i32', code: [a.code, 0xa7] } : a;
}

export function extendSigned(a: I32): I64 {
  return { type: 'i64', code: [a.code, 0xac] };
}

export function extendUnsigned(a: I32): I64 {
  return { type: 'i64', code: [a.code, 0xad] };
}

/** Sign-extends the low 8 or 16 bits of an i32. */
export function signExtend(a: I32, width: 8 | 16): I32 {
  if (a.constant !== undefined) return i32Const((a.constant << (32 - width)) >> (32 - width));
  return { type: 'i32', code: [a.code, width === 8 ? 0xc0 : 0xc1] };
}

/** `condition ? whenTrue : whenFalse`; both are evaluated. */
export function select<T extends ValueType>(
  condition: I32,
  whenTrue: Expression<T>,
  whenFalse: Expression<T>,
): Expression<T> {
  if (condition.constant !== undefined) return condition.constant !== 0 ? whenTrue : whenFalse;
  return { type: whenTrue.type, code: [whenTrue.code, whenFalse.code, condition.code, 0x1b] };
}

const LOAD_OPCODES = { i32: { 8: 0x2d, 16: 0x2f, 32: 0x28 }, i64: { 8: 0x31, 16: 0x33, 32: 0x35, 64: 0x29 } } as const;

const NO_OFFSET: Code = [0, 0];

function memoryArgument(offset: number): Code {
  return offset === 0 ? NO_OFFSET : [0, ...unsignedLeb(offset)];
}

/** Zero-extending load of 8, 16 or 32 bits as i32. Alignment hint: none. */
export function load(address: I32, width: 8 | 16 | 32, offset = 0): I32 {
  return { type: 'i32', code: [address.code, LOAD_OPCODES.i32[width], memoryArgument(offset)] };
}

/** Load of 64 bits. */
export function load64(address: I32, offset = 0): I64 {
  return { type: 'i64', code: [address.code, LOAD_OPCODES.i64[64], memoryArgument(offset)] };
}

const STORE_OPCODES = { i32: { 8: 0x3a, 16: 0x3b, 32: 0x36 }, i64: { 8: 0x3c, 16: 0x3d, 32: 0x3e, 64: 0x37 } } as const;

/** Code of a store of the low `width` bits. */
export function storeCode(address: I32, value: Integer, width: 8 | 16 | 32 | 64, offset = 0): Code {
  if (value.type === 'i32' && width === 64) throw new Error('a 64-bit store needs an i64');
  const opcode = value.type === 'i64' ? STORE_OPCODES.i64[width] : STORE_OPCODES.i32[width as 8 | 16 | 32];
  return [address.code, value.code, opcode, memoryArgument(offset)];
}
