import type { ValueType } from '../../wasm/Expression.ts';
import type { RoutineSignature } from '../routines.ts';

export type Precision = 'Single' | 'Double';
export const PRECISIONS: readonly Precision[] = ['Single', 'Double'];

/** Of two numbers. */
export const BINARY_OPERATIONS = ['add', 'subtract', 'multiply', 'divide', 'minimum', 'maximum'] as const;
export type BinaryOperation = (typeof BINARY_OPERATIONS)[number];

type Prefixed = BinaryOperation | 'squareRoot' | 'compare';

/** Routines on one number of a format, whose bits are the low ones of an i64. */
type ElementName =
  | `${Prefixed | 'order' | 'round' | 'propagateNan' | 'integerFrom'}${Precision}`
  | 'doubleFromSingle'
  | 'singleFromDouble'
  | 'singleFromInteger'
  | 'reciprocalSingle'
  | 'reciprocalRootSingle';

/** The same on vectors of four singles or two doubles; all lanes' exceptions are collected. */
type VectorName =
  | `${Prefixed | 'addSubtract' | 'integersFrom'}${Precision}s`
  | 'doublesFromSingles'
  | 'singlesFromDoubles'
  | 'singlesFromIntegers'
  | 'reciprocalSingles'
  | 'reciprocalRootSingles';

export type SseRoutineName = ElementName | VectorName;

function signature(parameters: readonly ValueType[], results: readonly ValueType[]): RoutineSignature {
  return { parameters, results };
}

function inBothFormats(): Record<string, RoutineSignature> {
  const all: Record<string, RoutineSignature> = {};
  for (const precision of PRECISIONS) {
    for (const operation of BINARY_OPERATIONS) {
      all[operation + precision] = signature(['i64', 'i64', 'i32'], ['i64', 'i32']);
      all[`${operation}${precision}s`] = signature(['v128', 'v128', 'i32'], ['v128', 'i32']);
    }
    all[`squareRoot${precision}`] = signature(['i64', 'i32'], ['i64', 'i32']);
    all[`squareRoot${precision}s`] = signature(['v128', 'i32'], ['v128', 'i32']);
    // ADDSUB: odd lanes are added, even ones subtracted.
    all[`addSubtract${precision}s`] = signature(['v128', 'v128', 'i32'], ['v128', 'i32']);
    // (a, b, MXCSR, predicate 0 to 7) -> a mask.
    all[`compare${precision}`] = signature(['i64', 'i64', 'i32', 'i32'], ['i64', 'i32']);
    all[`compare${precision}s`] = signature(['v128', 'v128', 'i32', 'i32'], ['v128', 'i32']);
    // (a, b, MXCSR, 1 when quiet NaNs are invalid) -> ZF, PF and CF in their places.
    all[`order${precision}`] = signature(['i64', 'i64', 'i32', 'i32'], ['i32', 'i32']);
    // To int32, as MXCSR rounds.
    all[`integerFrom${precision}`] = signature(['i64', 'i32'], ['i32', 'i32']);
    all[`integersFrom${precision}s`] = signature(['v128', 'i32'], ['v128', 'i32']);
    // Parts: (sign, exponent, mantissa, MXCSR), as `Unpacked`; (a, b) of which one is a NaN.
    all[`round${precision}`] = signature(['i32', 'i32', 'i64', 'i32'], ['i64', 'i32']);
    all[`propagateNan${precision}`] = signature(['i64', 'i64'], ['i64', 'i32']);
  }
  return all;
}

/**
 * Arithmetic of SSE and its successors (SDM vol. 1, 11.5): numbers, MXCSR and exceptions go in and out as
 * parameters and results. The second result is what was raised, in MXCSR's places; as a caller commits nothing
 * when an unmasked exception is among it, the first one means nothing then.
 */
export const SSE_ROUTINES = {
  ...inBothFormats(),
  doubleFromSingle: signature(['i64', 'i32'], ['i64', 'i32']),
  singleFromDouble: signature(['i64', 'i32'], ['i64', 'i32']),
  singleFromInteger: signature(['i32', 'i32'], ['i64', 'i32']),
  // Of the low two lanes; and to them, with zeros above.
  doublesFromSingles: signature(['v128', 'i32'], ['v128', 'i32']),
  singlesFromDoubles: signature(['v128', 'i32'], ['v128', 'i32']),
  singlesFromIntegers: signature(['v128', 'i32'], ['v128', 'i32']),
  // Approximations raise nothing and do not look at MXCSR.
  reciprocalSingle: signature(['i64'], ['i64']),
  reciprocalRootSingle: signature(['i64'], ['i64']),
  reciprocalSingles: signature(['v128'], ['v128']),
  reciprocalRootSingles: signature(['v128'], ['v128']),
  // Every name is there: the loops above spell them.
} as Readonly<Record<SseRoutineName, RoutineSignature>>;
