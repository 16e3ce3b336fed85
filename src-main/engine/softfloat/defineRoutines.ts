import type { ModuleBuilder } from '../wasm/ModuleBuilder.ts';
import { addFinite, addSpecial, addition } from './addition.ts';
import { compare } from './comparison.ts';
import { fromFloat32, fromFloat64, loadFloat32, loadFloat64, toFloat32, toFloat64 } from './floats.ts';
import { SIGN } from './format.ts';
import { fromDecimal, fromInteger, roundToInteger, toDecimal, toInteger } from './integers.ts';
import { divide, divideFinite, divideSpecial, multiply, multiplyFinite, multiplySpecial } from './multiplication.ts';
import { remainderBy } from './remainders.ts';
import { round } from './rounding.ts';
import { RoutineFunction } from './RoutineFunction.ts';
import { ROUTINES, type RoutineName } from './routines.ts';
import { extract, scale } from './scaling.ts';
import { classify, examine, propagateNan } from './special.ts';
import { squareRoot } from './squareRoot.ts';
import { sseBodies } from './sse/bodies.ts';
import { reciprocalTables } from './sse/reciprocalTables.ts';
import { divideWide, multiplyWide, shiftRightSticky } from './wide.ts';

/** What each routine of the 80-bit library does. A body ends by returning. */
const EXTENDED_BODIES = {
  multiplyWide,
  divideWide,
  shiftRightSticky,
  round,
  classify,
  propagateNan,
  addFinite,
  addSpecial,
  multiplySpecial,
  divideSpecial,
  multiplyFinite,
  divideFinite,
  add: addition(0),
  subtract: addition(SIGN),
  multiply,
  divide,
  squareRoot,
  remainder: remainderBy(false),
  remainderNearest: remainderBy(true),
  roundToInteger,
  scale,
  extract,
  compare,
  examine,
  fromFloat32,
  fromFloat64,
  fromInteger,
  fromDecimal,
  loadFloat32,
  loadFloat64,
  toFloat32,
  toFloat64,
  toInteger,
  toDecimal,
} as const;

/**
 * Adds the library to a module; returns each routine's function index.
 * @param constants address of memory that the module fills with the library's tables, 64 KiB at most
 */
export function defineRoutines(module: ModuleBuilder, constants: number): ReadonlyMap<RoutineName, number> {
  module.data(constants, reciprocalTables());
  const bodies: Readonly<Record<RoutineName, (f: RoutineFunction) => void>> = {
    ...EXTENDED_BODIES,
    ...sseBodies(constants),
  };
  const names = Object.keys(ROUTINES) as RoutineName[];
  const indices = new Map(names.map((name) => [name, module.declare(ROUTINES[name])]));
  const indexOf = (name: RoutineName): number => {
    const index = indices.get(name);
    if (index === undefined) throw new Error(`no routine ${name}`);
    return index;
  };
  for (const name of names) {
    const f = new RoutineFunction(name, indexOf);
    bodies[name](f);
    // Every path has returned.
    f.unreachable();
    module.define(indexOf(name), f);
  }
  return indices;
}
