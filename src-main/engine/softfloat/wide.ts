import {
  type I64,
  add,
  and,
  divUnsigned,
  geUnsigned,
  gtUnsigned,
  i64Const,
  ltUnsigned,
  mul,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  extendUnsigned,
} from '../wasm/Expression.ts';
import { ONE64, ZERO64, c, sticky, widen } from './format.ts';
import type { RoutineFunction } from './RoutineFunction.ts';

const LOW_HALF = i64Const(-1, 0);
const HALF_BITS = i64Const(32);

/** Emits the 128-bit product of two 64-bit numbers, from four of their halves. */
export function emitMultiplyWide(f: RoutineFunction, a: I64, b: I64): [I64, I64] {
  const aLow = f.bind64(and(a, LOW_HALF)),
    aHigh = f.bind64(shr(a, HALF_BITS));
  const bLow = f.bind64(and(b, LOW_HALF)),
    bHigh = f.bind64(shr(b, HALF_BITS));
  const lowest = f.bind64(mul(aLow, bLow));
  const cross = f.bind64(add(mul(aHigh, bLow), shr(lowest, HALF_BITS)));
  const middle = f.bind64(add(mul(aLow, bHigh), and(cross, LOW_HALF)));
  const high = f.bind64(add(add(mul(aHigh, bHigh), shr(cross, HALF_BITS)), shr(middle, HALF_BITS)));
  const low = f.bind64(or(shl(middle, HALF_BITS), and(lowest, LOW_HALF)));
  return [high, low];
}

export function multiplyWide(f: RoutineFunction): void {
  f.return(...emitMultiplyWide(f, f.i64Parameter(0), f.i64Parameter(1)));
}

/**
 * 128 by 64 bits in two steps of 32-bit digits (Knuth vol. 2, 4.3.1, algorithm D). As the divisor is
 * normalised, a digit estimated from its upper half is at most two too large.
 */
export function divideWide(f: RoutineFunction): void {
  const divisor = f.i64Parameter(2);
  const divisorHigh = f.bind64(shr(divisor, HALF_BITS)),
    divisorLow = f.bind64(and(divisor, LOW_HALF));
  const digit = (remainder: I64, next: I64): { digit: I64; remainder: I64 } => {
    const estimate = f.variable<'i64'>(divUnsigned(remainder, divisorHigh));
    const rest = f.variable<'i64'>(sub(remainder, mul(estimate.get(), divisorHigh)));
    f.block((done) => {
      f.loop((again) => {
        const isTooLarge = or(
          ne(shr(estimate.get(), HALF_BITS), ZERO64),
          gtUnsigned(mul(estimate.get(), divisorLow), or(shl(rest.get(), HALF_BITS), next)),
        );
        f.breakIf({ type: 'i32', code: [isTooLarge.code, 0x45] }, done);
        estimate.set(sub(estimate.get(), ONE64));
        rest.set(add(rest.get(), divisorHigh));
        f.breakIf(ltUnsigned(rest.get(), i64Const(0, 1)), again);
      });
    });
    const left = f.bind64(sub(or(shl(remainder, HALF_BITS), next), mul(estimate.get(), divisor)));
    return { digit: estimate.get(), remainder: left };
  };
  const low = f.i64Parameter(1);
  const first = digit(f.i64Parameter(0), f.bind64(shr(low, HALF_BITS)));
  const second = digit(first.remainder, f.bind64(and(low, LOW_HALF)));
  f.return(or(shl(first.digit, HALF_BITS), second.digit), second.remainder);
}

/** Shifts 128 bits right by any count. */
export function shiftRightSticky(f: RoutineFunction): void {
  const high = f.i64Parameter(0),
    low = f.i64Parameter(1),
    count = f.i32Parameter(2);
  const by = f.bind64(extendUnsigned(count));
  // A shift by 64 less the count, in two steps, since Wasm takes counts modulo 64.
  const upwards = (value: I64): I64 => shl(shl(value, ONE64), sub(i64Const(63), by));
  f.if(ltUnsigned(count, c(64)), () => {
    f.return(shr(high, by), or(or(shr(low, by), upwards(high)), sticky(upwards(low))));
  });
  f.if(ltUnsigned(count, c(128)), () => {
    const rest = f.bind64(sub(by, i64Const(64)));
    const lost = or(shl(shl(high, ONE64), sub(i64Const(63), rest)), low);
    f.return(ZERO64, or(shr(high, rest), sticky(lost)));
  });
  f.return(ZERO64, sticky(or(high, low)));
}

/** What a remainder below a divisor stands for behind the quotient: zero, less than, exactly, or more than a half. */
export function fractionOfRemainder(f: RoutineFunction, remainder: I64, divisor: I64): I64 {
  const rest = f.bind64(sub(divisor, remainder));
  const half = shl(widen(geUnsigned(remainder, rest)), i64Const(63));
  return select(ne(remainder, ZERO64), or(half, widen(ne(remainder, rest))), ZERO64) as I64;
}
