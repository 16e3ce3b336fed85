import { type F32, type F64, type I32, type I64, type V128, or } from '../../wasm/Expression.ts';
import { floatAdd, floatDiv, floatMul, floatSqrt, floatSub } from '../../wasm/floats.ts';
import { type BinaryVector, shuffle, vector } from '../../wasm/vectors.ts';
import type { BinaryOperation } from '../../softfloat/sse/signatures.ts';
import type { Emitter, Semantics } from '../Emitter.ts';
import { combine, transform } from './instructions.ts';
import { callRoutine, precisionMatters, unlessUnusual } from './mxcsr.ts';
import { DOUBLES_BITS, SINGLES_BITS, isNoPlainNumber, isNotPositive, isOutOfRange } from './ordinary.ts';
import { DOUBLE, SINGLE, type Scalar, combineScalars } from './scalars.ts';

/** Operations that round. */
type Rounding = Exclude<BinaryOperation, 'minimum' | 'maximum'>;

const INSTRUCTIONS = { add: 'add', subtract: 'sub', multiply: 'mul', divide: 'div' } as const;
const SCALAR = { add: floatAdd, subtract: floatSub, multiply: floatMul, divide: floatDiv } as const;

/** Vectors of singles or doubles. */
interface Packed {
  readonly plural: 'Singles' | 'Doubles';
  readonly shape: 'f32x4' | 'f64x2';
  readonly bits: typeof SINGLES_BITS;
  /** Bytes of a lane. */
  readonly bytes: 4 | 8;
}

const SINGLES: Packed = { plural: 'Singles', shape: 'f32x4', bits: SINGLES_BITS, bytes: 4 };
const DOUBLES: Packed = { plural: 'Doubles', shape: 'f64x2', bits: DOUBLES_BITS, bytes: 8 };

/** An operation that rounds, on vectors: by Wasm where all numbers are ordinary, else lane by lane. */
function roundVectors(
  e: Emitter,
  { plural, bits }: Packed,
  routine: Rounding | 'addSubtract',
  left: V128,
  right: V128,
  usual: V128,
): V128 {
  return unlessUnusual(
    e,
    usual,
    (result) => or(precisionMatters(e), isOutOfRange(e, bits, [left, right], result)),
    () => callRoutine(e, `${routine}${plural}`, [left, right]) as V128,
  );
}

function packed(packedFormat: Packed, operation: Rounding): Semantics {
  const instruction: BinaryVector = `${packedFormat.shape}.${INSTRUCTIONS[operation]}`;
  return combine((left, right, e) =>
    roundVectors(e, packedFormat, operation, left, right, vector(instruction, left, right)),
  );
}

function scalar<B extends I32 | I64, F extends F32 | F64>(format: Scalar<B, F>, operation: Rounding): Semantics {
  return combineScalars(format, (left, right, e) => {
    const operands = [e.let(format.bitsIn(left)), e.let(format.bitsIn(right))];
    return unlessUnusual(
      e,
      SCALAR[operation](format.floatIn(left), format.floatIn(right)),
      (sum) => or(precisionMatters(e), isOutOfRange(e, format.bits, operands, format.bitsOf(sum))),
      () => {
        const elements = [format.elementIn(left), format.elementIn(right)];
        return format.fromElement(callRoutine(e, `${operation}${format.precision}`, elements) as I64);
      },
    );
  });
}

/** Lanes `first`, `first` + 2 and so on of two vectors. */
function everyOther(bytes: number, first: number): number[] {
  return Array.from({ length: 16 }, (_, byte) => Math.floor(byte / bytes) * 2 * bytes + first * bytes + (byte % bytes));
}

/** HADD and HSUB: neighbours of the destination, then of the source. */
function horizontal(format: Packed, operation: 'add' | 'subtract'): Semantics {
  const instruction: BinaryVector = `${format.shape}.${INSTRUCTIONS[operation]}`;
  return combine((first, second, e) => {
    const left = e.let(shuffle(first, second, everyOther(format.bytes, 0)));
    const right = e.let(shuffle(first, second, everyOther(format.bytes, 1)));
    return roundVectors(e, format, operation, left, right, vector(instruction, left, right));
  });
}

/** ADDSUB: even lanes are subtracted, odd ones added. */
function addSubtract(format: Packed): Semantics {
  const { bytes, shape } = format;
  const lanes = Array.from({ length: 16 }, (_, byte) => (Math.floor(byte / bytes) % 2 === 0 ? byte : 16 + byte));
  return combine((left, right, e) => {
    const both = shuffle(vector(`${shape}.sub`, left, right), vector(`${shape}.add`, left, right), lanes);
    return roundVectors(e, format, 'addSubtract', left, right, both);
  });
}

/** Wasm's pseudo-minimum is a select on one comparison, as these are: the second operand of two zeros. */
function packedExtreme({ plural, shape, bits }: Packed, operation: 'minimum' | 'maximum'): Semantics {
  const instruction: BinaryVector = operation === 'minimum' ? `${shape}.pmin` : `${shape}.pmax`;
  return combine((left, right, e) =>
    unlessUnusual(
      e,
      vector(instruction, right, left),
      () => isNoPlainNumber(e, bits, [left, right]),
      () => callRoutine(e, `${operation}${plural}`, [left, right]) as V128,
    ),
  );
}

function scalarExtreme<B extends I32 | I64, F extends F32 | F64>(
  format: Scalar<B, F>,
  shape: 'f32x4' | 'f64x2',
  operation: 'minimum' | 'maximum',
): Semantics {
  const instruction: BinaryVector = operation === 'minimum' ? `${shape}.pmin` : `${shape}.pmax`;
  return combineScalars(format, (left, right, e) => {
    const operands = [e.let(format.bitsIn(left)), e.let(format.bitsIn(right))];
    return unlessUnusual(
      e,
      format.floatIn(vector(instruction, right, left)),
      () => isNoPlainNumber(e, format.bits, operands),
      () => {
        const elements = [format.elementIn(left), format.elementIn(right)];
        return format.fromElement(callRoutine(e, `${operation}${format.precision}`, elements) as I64);
      },
    );
  });
}

function packedRoot({ plural, shape, bits }: Packed): Semantics {
  return transform((source, e) => {
    const value = e.let(source);
    return unlessUnusual(
      e,
      vector(`${shape}.sqrt`, value),
      () => or(precisionMatters(e), isNotPositive(e, bits, value)),
      () => callRoutine(e, `squareRoot${plural}`, [value]) as V128,
    );
  });
}

function scalarRoot<B extends I32 | I64, F extends F32 | F64>(format: Scalar<B, F>): Semantics {
  return combineScalars(format, (left, right, e) => {
    const operand = e.let(format.bitsIn(right));
    return unlessUnusual(
      e,
      floatSqrt(format.floatIn(right)),
      () => or(precisionMatters(e), isNotPositive(e, format.bits, operand)),
      () => format.fromElement(callRoutine(e, `squareRoot${format.precision}`, [format.elementIn(right)]) as I64),
    );
  });
}

/** RCPPS, RSQRTPS: approximations, which raise nothing. */
function approximation(routine: 'reciprocalSingles' | 'reciprocalRootSingles'): Semantics {
  return transform((source, e) => e.routine(routine, source)[0] as V128);
}

function scalarApproximation(routine: 'reciprocalSingle' | 'reciprocalRootSingle'): Semantics {
  return combineScalars(SINGLE, (_, right, e) => {
    const [result] = e.routine(routine, SINGLE.elementIn(right));
    return SINGLE.fromElement(result as I64);
  });
}

function inAllFormats(stem: string, operation: Rounding): Record<string, Semantics> {
  return {
    [`${stem}ps`]: packed(SINGLES, operation),
    [`${stem}pd`]: packed(DOUBLES, operation),
    [`${stem}ss`]: scalar(SINGLE, operation),
    [`${stem}sd`]: scalar(DOUBLE, operation),
  };
}

function extremes(stem: string, operation: 'minimum' | 'maximum'): Record<string, Semantics> {
  return {
    [`${stem}ps`]: packedExtreme(SINGLES, operation),
    [`${stem}pd`]: packedExtreme(DOUBLES, operation),
    [`${stem}ss`]: scalarExtreme(SINGLE, 'f32x4', operation),
    [`${stem}sd`]: scalarExtreme(DOUBLE, 'f64x2', operation),
  };
}

/** Arithmetic on singles and doubles (SDM vol. 2, under each name). */
export const floatArithmeticSemantics: Readonly<Record<string, Semantics>> = {
  ...inAllFormats('add', 'add'),
  ...inAllFormats('sub', 'subtract'),
  ...inAllFormats('mul', 'multiply'),
  ...inAllFormats('div', 'divide'),
  ...extremes('min', 'minimum'),
  ...extremes('max', 'maximum'),
  sqrtps: packedRoot(SINGLES),
  sqrtpd: packedRoot(DOUBLES),
  sqrtss: scalarRoot(SINGLE),
  sqrtsd: scalarRoot(DOUBLE),
  haddps: horizontal(SINGLES, 'add'),
  haddpd: horizontal(DOUBLES, 'add'),
  hsubps: horizontal(SINGLES, 'subtract'),
  hsubpd: horizontal(DOUBLES, 'subtract'),
  addsubps: addSubtract(SINGLES),
  addsubpd: addSubtract(DOUBLES),
  rcpps: approximation('reciprocalSingles'),
  rsqrtps: approximation('reciprocalRootSingles'),
  rcpss: scalarApproximation('reciprocalSingle'),
  rsqrtss: scalarApproximation('reciprocalRootSingle'),
};
