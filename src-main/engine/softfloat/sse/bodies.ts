import type { RoutineFunction } from '../RoutineFunction.ts';
import { reciprocal, reciprocalRoot } from './approximation.ts';
import { addition, division, multiplication, squareRoot } from './arithmetic.ts';
import { compare, extreme, order } from './comparison.ts';
import { doubleFromSingle, integerFrom, singleFromDouble, singleFromInteger } from './conversion.ts';
import { DOUBLE, type ElementFormat, SINGLE, propagateNan, round } from './elements.ts';
import { BINARY_OPERATIONS, type BinaryOperation, type SseRoutineName } from './signatures.ts';
import {
  addSubtract,
  approximations,
  ofOneVector,
  ofTwoVectors,
  ofVectors,
  singlesFromIntegers,
  toIntegers,
  toOtherFormat,
} from './vectors.ts';

type Body = (f: RoutineFunction) => void;

const BINARY: Readonly<Record<BinaryOperation, (format: ElementFormat) => Body>> = {
  add: (format) => addition(format, false),
  subtract: (format) => addition(format, true),
  multiply: multiplication,
  divide: division,
  minimum: (format) => extreme(format, 'minimum'),
  maximum: (format) => extreme(format, 'maximum'),
};

function bodiesOf(format: ElementFormat): Record<string, Body> {
  const { precision } = format;
  const bodies: Record<string, Body> = {};
  for (const operation of BINARY_OPERATIONS) {
    bodies[operation + precision] = BINARY[operation](format);
    const isRounding = operation !== 'minimum' && operation !== 'maximum';
    bodies[`${operation}${precision}s`] = isRounding
      ? ofVectors(format, operation)
      : ofTwoVectors(format, () => `${operation}${precision}`);
  }
  bodies[`squareRoot${precision}`] = squareRoot(format);
  bodies[`squareRoot${precision}s`] = ofOneVector(format, `squareRoot${precision}`);
  bodies[`addSubtract${precision}s`] = addSubtract(format);
  bodies[`compare${precision}`] = compare(format);
  bodies[`compare${precision}s`] = ofTwoVectors(format, () => `compare${precision}`);
  bodies[`order${precision}`] = order(format);
  bodies[`integerFrom${precision}`] = integerFrom(format);
  bodies[`integersFrom${precision}s`] = toIntegers(format);
  bodies[`round${precision}`] = round(format);
  bodies[`propagateNan${precision}`] = propagateNan(format);
  return bodies;
}

/** @param tables address of what `reciprocalTables` returns */
export function sseBodies(tables: number): Readonly<Record<SseRoutineName, Body>> {
  return {
    ...bodiesOf(SINGLE),
    ...bodiesOf(DOUBLE),
    doubleFromSingle,
    singleFromDouble,
    singleFromInteger,
    doublesFromSingles: toOtherFormat(SINGLE, 'doubleFromSingle'),
    singlesFromDoubles: toOtherFormat(DOUBLE, 'singleFromDouble'),
    singlesFromIntegers,
    reciprocalSingle: reciprocal(tables),
    reciprocalRootSingle: reciprocalRoot(tables),
    reciprocalSingles: approximations('reciprocalSingle'),
    reciprocalRootSingles: approximations('reciprocalRootSingle'),
    // Every name is there, as in SSE_ROUTINES.
  } as Readonly<Record<SseRoutineName, Body>>;
}
