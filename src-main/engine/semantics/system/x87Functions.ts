import { STATE, X87_SLOT } from '../../state/layout.ts';
import { type DoubleDouble, divide, fromNumber, multiply, negate, scale, subtract } from './doubleDouble.ts';
import {
  type ExtendedNumber,
  REPORT,
  type ResultSlot,
  isNumber,
  readExtended,
  significand,
  writeInfinity,
  writeInvalid,
  writeNan,
  writeOne,
  writeRounded,
  writeZero,
} from './extendedNumber.ts';
import { binaryLogarithm, binaryLogarithmRatio, powerRatio } from './logarithms.ts';
import type { SystemContext } from './SystemContext.ts';
import { PI, arcTangent, cosine, reduceAngle, sine, sineRatio } from './trigonometry.ts';

/** The transcendental functions by their numbers. */
export const X87_FUNCTION = ['fsin', 'fcos', 'fsincos', 'fptan', 'fpatan', 'f2xm1', 'fyl2x', 'fyl2xp1'] as const;
export type X87FunctionName = (typeof X87_FUNCTION)[number];

/** ST(0), ST(1), and places for results: the first also where ST(0) was. */
interface Job {
  readonly top: ExtendedNumber;
  readonly below: ExtendedNumber;
  readonly first: ResultSlot;
  readonly second: ResultSlot;
}

/**
 * Computes a transcendental function to about 100 bits and rounds it once (SDM vol. 1, 8.3.10, asks for less
 * than one unit in the last place).
 *
 * Operands and results are in STATE.x87Transfer.
 * @returns what was raised, and C2 when an argument is out of range: the operand is then the result
 */
export function x87Function(c: SystemContext, which: number): number {
  const { state } = c;
  const control = state.getInt(STATE.x87Control);
  const at = (index: number): number => STATE.x87Transfer + index * X87_SLOT.size;
  const job: Job = {
    top: readExtended(state, at(0)),
    below: readExtended(state, at(1)),
    first: { state, slot: at(0), control },
    second: { state, slot: at(1), control },
  };
  return FUNCTIONS[X87_FUNCTION[which]](job);
}

const FUNCTIONS: Readonly<Record<X87FunctionName, (job: Job) => number>> = {
  fsin: trigonometric((job) => writeSine(job.first, job.top)),
  fcos: trigonometric((job) => writeCosine(job.first, job.top)),
  fsincos: trigonometric((job) => writeSine(job.first, job.top) | writeCosine(job.second, job.top)),
  fptan: trigonometric((job) => {
    writeOne(job.second);
    return writeTangent(job.first, job.top);
  }),
  fpatan,
  f2xm1,
  fyl2x,
  fyl2xp1,
};

function denormalReport(...numbers: ExtendedNumber[]): number {
  return numbers.some(({ isDenormal }) => isDenormal) ? REPORT.denormal : 0;
}

/** What sine, cosine and tangent have in common; a second result is like the first when that is not a number. */
function trigonometric(compute: (job: Job) => number): (job: Job) => number {
  return (job) => {
    const { top } = job;
    if (!isNumber(top)) {
      writeNan(job.second, top);
      return writeNan(job.first, top);
    }
    if (top.kind === 'infinity') {
      writeInvalid(job.second);
      return writeInvalid(job.first);
    }
    if (top.kind === 'finite' && top.exponent >= 63) return REPORT.incomplete;
    return denormalReport(top) | compute(job);
  };
}

/** Below this the series' second term is behind the last bit that counts. */
const TINY_EXPONENT = -40;

/** x times a ratio so near one that no double-double shows the difference. */
function writeNearly(to: ResultSlot, x: ExtendedNumber, beyond: -1 | 1): number {
  return (
    writeRounded(to, significand(x), x.exponent, beyond) | REPORT.precision | (x.isDenormal ? REPORT.underflow : 0)
  );
}

function writeSine(to: ResultSlot, x: ExtendedNumber): number {
  if (x.kind === 'zero') return writeZero(to, x.isNegative);
  if (x.exponent < TINY_EXPONENT) return writeNearly(to, x, -1);
  const reduced = reduceAngle(x);
  if (reduced.quadrant === 0 && x.exponent < -1) {
    return writeRounded(to, multiply(significand(x), sineRatio(reduced.rest)), x.exponent);
  }
  return writeRounded(to, sine(reduced), 0);
}

function writeCosine(to: ResultSlot, x: ExtendedNumber): number {
  if (x.kind === 'zero') return writeOne(to);
  if (x.exponent < TINY_EXPONENT) {
    writeOne(to);
    return REPORT.precision;
  }
  return writeRounded(to, cosine(reduceAngle(x)), 0);
}

function writeTangent(to: ResultSlot, x: ExtendedNumber): number {
  if (x.kind === 'zero') return writeZero(to, x.isNegative);
  if (x.exponent < TINY_EXPONENT) return writeNearly(to, x, 1);
  const reduced = reduceAngle(x);
  return writeRounded(to, divide(sine(reduced), cosine(reduced)), 0);
}

/** FPATAN: angle of the point (ST(0), ST(1)) (SDM vol. 2A, table 3-31). */
function fpatan({ top: x, below: y, first }: Job): number {
  if (!isNumber(x) || !isNumber(y)) return writeNan(first, x, y);
  const signed = (angle: DoubleDouble): number => writeRounded(first, y.isNegative ? negate(angle) : angle, 0);
  const report = denormalReport(x, y);
  if (y.kind === 'infinity') {
    const eighths = x.kind !== 'infinity' ? 4 : x.isNegative ? 6 : 2;
    return report | signed(scale(multiply(PI, fromNumber(eighths)), 1 / 8));
  }
  if (x.kind === 'infinity' || y.kind === 'zero') {
    return report | (x.isNegative ? signed(PI) : writeZero(first, y.isNegative));
  }
  if (x.kind === 'zero') return report | signed(scale(PI, 0.5));
  const distance = y.exponent - x.exponent;
  const ratio = (): DoubleDouble => {
    const quotient = divide(significand(y), significand(x));
    return y.isNegative === x.isNegative ? quotient : negate(quotient);
  };
  if (distance < TINY_EXPONENT && !x.isNegative) {
    const angle = y.isNegative ? negate(magnitude(ratio())) : magnitude(ratio());
    return report | writeRounded(first, angle, distance, -1) | REPORT.precision;
  }
  const near = Math.max(Math.min(distance, 200), -200);
  return report | writeRounded(first, arcTangent(scale(significand(y), 2 ** near), significand(x)), 0);
}

function magnitude(value: DoubleDouble): DoubleDouble {
  return value.high < 0 ? negate(value) : value;
}

/** F2XM1 (SDM vol. 2A, table 3-17). Beyond -1 to +1 the result is undefined: the operand stays. */
function f2xm1({ top: x, first }: Job): number {
  if (!isNumber(x)) return writeNan(first, x);
  if (x.kind === 'zero') return writeZero(first, x.isNegative);
  if (x.kind === 'infinity') return x.isNegative ? writeOne(first, true) : writeInfinity(first, false);
  if (x.exponent > 0) return REPORT.precision;
  const ratio = powerRatio(scale(significand(x), 2 ** Math.max(x.exponent, -300)));
  return denormalReport(x) | writeRounded(first, multiply(significand(x), ratio), x.exponent);
}

/** FYL2X: ST(1) * log2(ST(0)) (SDM vol. 2A, table 3-58). */
function fyl2x({ top: x, below: y, first }: Job): number {
  if (!isNumber(x) || !isNumber(y)) return writeNan(first, x, y);
  if (x.kind !== 'zero' && x.isNegative) return writeInvalid(first);
  const report = denormalReport(x, y);
  if (x.kind === 'zero') {
    if (y.kind === 'zero') return writeInvalid(first);
    writeInfinity(first, !y.isNegative);
    return y.kind === 'infinity' ? 0 : REPORT.zeroDivide;
  }
  if (x.kind === 'infinity') {
    return y.kind === 'zero' ? writeInvalid(first) : report | writeInfinity(first, y.isNegative);
  }
  const logarithm = binaryLogarithm(significand(x), x.exponent);
  const isNegative = logarithm.high < 0 !== y.isNegative;
  if (y.kind === 'infinity')
    return logarithm.high === 0 ? writeInvalid(first) : report | writeInfinity(first, isNegative);
  if (logarithm.high === 0 || y.kind === 'zero') return report | writeZero(first, isNegative);
  return report | writeRounded(first, multiply(significand(y), logarithm), y.exponent);
}

/** FYL2XP1: ST(1) * log2(ST(0) + 1) (SDM vol. 2A, table 3-59). */
function fyl2xp1({ top: x, below: y, first }: Job): number {
  if (!isNumber(x) || !isNumber(y)) return writeNan(first, x, y);
  const report = denormalReport(x, y);
  const isNegative = x.isNegative !== y.isNegative;
  if (x.kind === 'zero') return y.kind === 'infinity' ? writeInvalid(first) : report | writeZero(first, isNegative);
  if (x.kind === 'infinity') {
    return x.isNegative || y.kind === 'zero' ? writeInvalid(first) : report | writeInfinity(first, isNegative);
  }
  if (y.kind === 'infinity') return report | writeInfinity(first, isNegative);
  if (y.kind === 'zero') return report | writeZero(first, isNegative);
  // Beyond the range that the manual allows the series would not converge: the operand stays.
  if (x.exponent >= -1) return report | fyl2xOfSum(x, y, first);
  const ratio = binaryLogarithmRatio(scale(significand(x), 2 ** Math.max(x.exponent, -300)));
  const product = multiply(multiply(significand(x), significand(y)), ratio);
  return report | writeRounded(first, product, x.exponent + y.exponent);
}

/** For arguments whose sum with one loses no precision that matters. */
function fyl2xOfSum(x: ExtendedNumber, y: ExtendedNumber, first: ResultSlot): number {
  if (x.exponent > 100) return 0;
  let sum = subtract(scale(significand(x), 2 ** x.exponent), fromNumber(-1));
  if (sum.high <= 0)
    return sum.high === 0 ? writeInfinity(first, !y.isNegative) | REPORT.zeroDivide : writeInvalid(first);
  let exponent = 0;
  for (; sum.high >= 2; exponent++) sum = scale(sum, 0.5);
  for (; sum.high < 1; exponent--) sum = scale(sum, 2);
  const logarithm = binaryLogarithm(sum, exponent);
  if (logarithm.high === 0) return writeZero(first, y.isNegative);
  return writeRounded(first, multiply(significand(y), logarithm), y.exponent);
}
