import { type Expression, type I32, type I64, type V128, extendUnsigned, or, wrap } from '../../wasm/Expression.ts';
import type { Local } from '../../wasm/FunctionBuilder.ts';
import { extractLane, replaceLane, vectorOfWords } from '../../wasm/vectors.ts';
import { c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import type { RoutineName } from '../routines.ts';
import { DOUBLE, type ElementFormat, SINGLE } from './elements.ts';
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
