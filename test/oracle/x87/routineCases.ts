import { NO_QUOTIENT, type RoutineName } from '../../../src-main/engine/softfloat/routines.ts';
import type { loadSoftFloat } from './softFloatLibrary.ts';

type Library = ReturnType<typeof loadSoftFloat>;

/** Sizes of the structs of native/routines.c. */
export const INPUT_BYTES = 40;
export const OUTPUT_BYTES = 24;

/** Where a case's fields lie: operation, control word, two operands. */
export const INPUT = { operation: 0, control: 2, a: 4, b: 20 } as const;
export const OUTPUT = { result: 0, status: 10, second: 12 } as const;

/** Status word less TOP, which the native operations move. */
export const STATUS_MASK = 0x477f | 0x200;
/** Exceptions, SF and C1. */
const RAISED_MASK = 0x27f;

/** What a routine made of a case, in the shape of the native output. */
export interface RoutineResult {
  readonly bytes: Uint8Array;
  readonly status: number;
}

/** An operation of native/routines.c by its number. */
export interface Operation {
  readonly name: string;
  /** Bytes of `result` that it writes. */
  readonly resultBytes: number;
  /** Status bits that are compared. */
  readonly statusMask: number;
  run(library: Library, given: DataView): RoutineResult;
}

function value(view: DataView, at: number): [bigint, number] {
  return [view.getBigUint64(at, true), view.getUint16(at + 8, true)];
}

function packed(result: unknown): { mantissa: bigint; word: number } {
  const [mantissa, word] = result as [bigint, number];
  return { mantissa, word };
}

function extendedResult(mantissa: bigint, word: number, status: number): RoutineResult {
  const view = new DataView(new ArrayBuffer(10));
  view.setBigUint64(0, BigInt.asUintN(64, mantissa), true);
  view.setUint16(8, word & 0xffff, true);
  return { bytes: new Uint8Array(view.buffer), status };
}

function fromPacked(result: unknown, conditions = 0): RoutineResult {
  const { mantissa, word } = packed(result);
  return extendedResult(mantissa, word, ((word >>> 16) & RAISED_MASK) | conditions);
}

const ARITHMETIC = RAISED_MASK;

function binary(name: string, routine: RoutineName): Operation {
  return {
    name,
    resultBytes: 10,
    statusMask: ARITHMETIC,
    run: (library, given) =>
      fromPacked(
        library[routine](...value(given, INPUT.a), ...value(given, INPUT.b), given.getUint16(INPUT.control, true)),
      ),
  };
}

function unary(name: string, routine: RoutineName): Operation {
  return {
    name,
    resultBytes: 10,
    statusMask: ARITHMETIC,
    run: (library, given) =>
      fromPacked(library[routine](...value(given, INPUT.a), given.getUint16(INPUT.control, true))),
  };
}

function remainder(name: string, routine: RoutineName): Operation {
  return {
    name,
    resultBytes: 10,
    statusMask: STATUS_MASK,
    run: (library, given) => {
      const control = given.getUint16(INPUT.control, true);
      const result = library[routine](...value(given, INPUT.a), ...value(given, INPUT.b), control) as Word[];
      // The native program begins with all condition bits clear, and they then stay so.
      const conditions = Number(result[2]);
      return fromPacked(result, conditions === NO_QUOTIENT ? 0 : conditions);
    },
  };
}

type Word = number | bigint;

function comparison(name: string, isUnordered: number): Operation {
  return {
    name,
    resultBytes: 0,
    statusMask: STATUS_MASK,
    run: (library, given) => ({
      bytes: new Uint8Array(0),
      status: library.compare(...value(given, INPUT.a), ...value(given, INPUT.b), isUnordered) as number,
    }),
  };
}

function store(name: string, bytes: number, routine: RoutineName, ...more: number[]): Operation {
  return {
    name,
    resultBytes: bytes,
    statusMask: RAISED_MASK,
    run: (library, given) => {
      const control = given.getUint16(INPUT.control, true);
      const [low, ...rest] = library[routine](...value(given, INPUT.a), control, ...more) as [bigint, ...number[]];
      const high = bytes === 10 ? (rest.shift() ?? 0) : 0;
      return { ...extendedResult(low, high, 0), status: rest[0] };
    },
  };
}

function load(name: string, read: (library: Library, given: DataView) => unknown): Operation {
  return { name, resultBytes: 10, statusMask: RAISED_MASK, run: (library, given) => fromPacked(read(library, given)) };
}

/** In the order of native/routines.c. */
export const OPERATIONS: readonly Operation[] = [
  binary('fadd', 'add'),
  binary('fsub', 'subtract'),
  binary('fmul', 'multiply'),
  binary('fdiv', 'divide'),
  unary('fsqrt', 'squareRoot'),
  remainder('fprem', 'remainder'),
  remainder('fprem1', 'remainderNearest'),
  unary('frndint', 'roundToInteger'),
  binary('fscale', 'scale'),
  load('fxtract', (library, given) => {
    const result = library.extract(...value(given, INPUT.a)) as Word[];
    return result;
  }),
  comparison('fcom', 0),
  comparison('fucom', 1),
  {
    name: 'fxam',
    resultBytes: 0,
    statusMask: STATUS_MASK,
    run: (library, given) => ({
      bytes: new Uint8Array(0),
      status: library.examine(...value(given, INPUT.a), 0) as number,
    }),
  },
  store('fst m32', 4, 'toFloat32'),
  store('fst m64', 8, 'toFloat64'),
  store('fist m16', 2, 'toInteger', 16),
  store('fist m32', 4, 'toInteger', 32),
  store('fistp m64', 8, 'toInteger', 64),
  store('fbstp', 10, 'toDecimal'),
  load('fld m32', (library, given) => library.loadFloat32(given.getUint32(INPUT.a, true))),
  load('fld m64', (library, given) => library.loadFloat64(given.getBigUint64(INPUT.a, true))),
  load('fild m64', (library, given) => library.fromInteger(given.getBigUint64(INPUT.a, true))),
  load('fbld', (library, given) =>
    library.fromDecimal(given.getBigUint64(INPUT.a, true), given.getUint16(INPUT.a + 8, true)),
  ),
  load('fadd m32', (library, given) => {
    const operand = packed(library.fromFloat32(given.getUint32(INPUT.b, true)));
    const control = given.getUint16(INPUT.control, true);
    return library.add(...value(given, INPUT.a), operand.mantissa, operand.word, control);
  }),
  load('fdivr m64', (library, given) => {
    const operand = packed(library.fromFloat64(given.getBigUint64(INPUT.b, true)));
    const control = given.getUint16(INPUT.control, true);
    return library.divide(operand.mantissa, operand.word, ...value(given, INPUT.a), control);
  }),
];
