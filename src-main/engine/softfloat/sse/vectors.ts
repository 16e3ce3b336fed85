import {
  type Expression,
  type I32,
  type I64,
  type V128,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  or,
  wrap,
} from '../../wasm/Expression.ts';
import type { Local } from '../../wasm/FunctionBuilder.ts';
import { extractLane, replaceLane, splat, vector, vectorBits, vectorOfWords } from '../../wasm/vectors.ts';
import { ONE64, c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import { RAISED, type RoutineName } from '../routines.ts';
import { DOUBLE, type ElementFormat, SINGLE } from './elements.ts';
import { MXCSR } from './mxcsr.ts';
import type { Precision } from './signatures.ts';

type Body = (f: RoutineFunction) => void;

function vectorParameter(f: RoutineFunction, index: number): V128 {
  return f.get(f.parameters[index] as Local<'v128'>);
}

function elementOf(format: ElementFormat, a: V128, lane: number): I64 {
  return format === DOUBLE
    ? extractLane('i64x2.extract_lane', a, lane)
    : extendUnsigned(extractLane('i32x4.extract_lane', a, lane));
}

function withElement(format: ElementFormat, a: V128, lane: number, element: I64): V128 {
  return format === DOUBLE
    ? replaceLane('i64x2.replace_lane', a, lane, element)
    : replaceLane('i32x4.replace_lane', a, lane, wrap(element));
}

/** Lanes that a conversion reads or writes: four, or two where either side is of doubles. */
function lanesOf(format: ElementFormat): number {
  return 128 / format.bits;
}

/** Makes a vector of lanes one by one, and collects what they raise. */
function returnLanes(
  f: RoutineFunction,
  lanes: number,
  element: (lane: number) => readonly Expression[],
  place: (result: V128, lane: number, element: Expression) => V128,
): void {
  const result = f.variable<'v128'>(vectorOfWords(0, 0, 0, 0));
  const raised = f.variable<'i32'>(c(0));
  for (let lane = 0; lane < lanes; lane++) {
    const [value, flags] = element(lane);
    result.set(place(result.get(), lane, value));
    raised.set(or(raised.get() as I32, flags as I32));
  }
  f.return(result.get(), raised.get());
}

const INSTRUCTIONS = { add: 'add', subtract: 'sub', multiply: 'mul', divide: 'div' } as const;
type RoundingOperation = keyof typeof INSTRUCTIONS;

/**
 * Ends the routine with Wasm's own result when that is all there is: rounding is to nearest, an inexact result is
 * neither unmasked nor news, and all lanes are normal or, which is common in a lane that is not in use, zero.
 */
function returnNative(f: RoutineFunction, format: ElementFormat, operation: RoundingOperation): void {
  const [shape, floats] = format === DOUBLE ? (['i64x2', 'f64x2'] as const) : (['i32x4', 'f32x4'] as const);
  const [a, b] = [vectorParameter(f, 0), vectorParameter(f, 1)];
  const constant = (value: I64): V128 =>
    f.let(format === DOUBLE ? splat('i64x2.splat', value) : splat('i32x4.splat', wrap(value)));
  const masked = RAISED.precision << MXCSR.maskShift;
  const looked = and(f.i32Parameter(2), c(MXCSR.roundingControl | masked | RAISED.precision));
  f.if(eq(looked, c(masked | RAISED.precision)), () => {
    const result = f.let(vector(`${floats}.${INSTRUCTIONS[operation]}`, a, b));
    const smallest = constant(format.smallest);
    const zero = vectorOfWords(0, 0, 0, 0);
    // Of these differences the sign bit counts: set where a magnitude is not zero, and where it is below another.
    const [x, y, z] = [a, b, result].map((value) => {
      const magnitude = f.let(vector(`${shape}.shr_u`, vector(`${shape}.shl`, value, c(1)), c(1)));
      return { magnitude, isNotZero: f.let(vector(`${shape}.sub`, zero, magnitude)) };
    });
    const isDenormal = ({ magnitude, isNotZero }: typeof x, limit: V128): V128 =>
      vector('v128.and', vector(`${shape}.sub`, magnitude, limit), isNotZero);
    const found = [
      isDenormal(x, smallest),
      isDenormal(y, smallest),
      // The smallest normal number may be what a tiny result was rounded to.
      isDenormal(z, constant(add(format.smallest, ONE64))),
      vector(`${shape}.add`, z.magnitude, smallest),
    ];
    if (operation === 'multiply') {
      found.push(vector('v128.andnot', vector('v128.and', x.isNotZero, y.isNotZero), z.isNotZero));
    }
    if (operation === 'divide') found.push(vector('v128.andnot', x.isNotZero, z.isNotZero));
    const isUnusual = vectorBits(
      `${shape}.bitmask`,
      found.reduce((all, one) => vector('v128.or', all, one)),
    );
    f.if(eqz(isUnusual), () => f.return(result, c(0)));
  });
}

/** An operation that rounds. */
export function ofVectors(format: ElementFormat, operation: RoundingOperation): Body {
  const laneByLane = ofTwoVectors(format, () => `${operation}${format.precision}`);
  return (f) => {
    returnNative(f, format, operation);
    laneByLane(f);
  };
}

/** Vector by vector, with the rest of the parameters for each lane. */
export function ofTwoVectors(format: ElementFormat, routineOf: (lane: number) => RoutineName): Body {
  return (f) => {
    const rest = f.parameters.slice(2).map((parameter) => f.get(parameter));
    const [a, b] = [vectorParameter(f, 0), vectorParameter(f, 1)];
    returnLanes(
      f,
      lanesOf(format),
      (lane) => f.routine(routineOf(lane), elementOf(format, a, lane), elementOf(format, b, lane), ...rest),
      (result, lane, element) => withElement(format, result, lane, element as I64),
    );
  };
}

export function ofOneVector(format: ElementFormat, routine: RoutineName): Body {
  return (f) => {
    const a = vectorParameter(f, 0);
    const mxcsr = f.i32Parameter(1);
    returnLanes(
      f,
      lanesOf(format),
      (lane) => f.routine(routine, elementOf(format, a, lane), mxcsr),
      (result, lane, element) => withElement(format, result, lane, element as I64),
    );
  };
}

export function addSubtract(format: ElementFormat): Body {
  return ofTwoVectors(format, (lane): `${'add' | 'subtract'}${Precision}` =>
    lane % 2 === 0 ? `subtract${format.precision}` : `add${format.precision}`,
  );
}

/** The low two lanes to the other format; zeros above where that is the narrower one. */
export function toOtherFormat(from: ElementFormat, routine: RoutineName): Body {
  const to = from === DOUBLE ? SINGLE : DOUBLE;
  return (f) => {
    const a = vectorParameter(f, 0);
    const mxcsr = f.i32Parameter(1);
    returnLanes(
      f,
      2,
      (lane) => f.routine(routine, elementOf(from, a, lane), mxcsr),
      (result, lane, element) => withElement(to, result, lane, element as I64),
    );
  };
}

export function toIntegers(format: ElementFormat): Body {
  return (f) => {
    const a = vectorParameter(f, 0);
    const mxcsr = f.i32Parameter(1);
    returnLanes(
      f,
      lanesOf(format),
      (lane) => f.routine(`integerFrom${format.precision}`, elementOf(format, a, lane), mxcsr),
      (result, lane, element) => replaceLane('i32x4.replace_lane', result, lane, element as I32),
    );
  };
}

export function singlesFromIntegers(f: RoutineFunction): void {
  const a = vectorParameter(f, 0);
  const mxcsr = f.i32Parameter(1);
  returnLanes(
    f,
    4,
    (lane) => f.routine('singleFromInteger', extractLane('i32x4.extract_lane', a, lane), mxcsr),
    (result, lane, element) => withElement(SINGLE, result, lane, element as I64),
  );
}

/** Approximations, which raise nothing. */
export function approximations(routine: RoutineName): Body {
  return (f) => {
    const a = vectorParameter(f, 0);
    const result = f.variable<'v128'>(a);
    for (let lane = 0; lane < 4; lane++) {
      const [element] = f.routine(routine, elementOf(SINGLE, a, lane));
      result.set(withElement(SINGLE, result.get(), lane, element as I64));
    }
    f.return(result.get());
  };
}
