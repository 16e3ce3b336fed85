import { type Expression, type I32, type I64, type ValueType, i32Const } from '../wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../wasm/FunctionBuilder.ts';
import { ROUTINES, type RoutineName } from './routines.ts';

/** A value as routines pass it: mantissa; sign and exponent with RAISED bits above. */
export interface Value {
  readonly mantissa: I64;
  readonly packed: I32;
}

/** A number with its fields apart: value = mantissa / 2^63 * 2^(exponent - 16383). */
export interface Unpacked {
  /** 0 or 0x8000. */
  readonly sign: I32;
  /** Biased; may lie outside of the format. */
  readonly exponent: I32;
  readonly mantissa: I64;
}

/** One routine in the making. */
export class RoutineFunction extends FunctionBuilder {
  private readonly indexOf: (name: RoutineName) => number;

  constructor(name: RoutineName, indexOf: (name: RoutineName) => number) {
    super(ROUTINES[name].parameters);
    this.indexOf = indexOf;
  }

  i32Parameter(index: number): I32 {
    return this.get(this.parameters[index] as Local<'i32'>);
  }

  i64Parameter(index: number): I64 {
    return this.get(this.parameters[index] as Local<'i64'>);
  }

  /** The value in parameters `index` and `index` + 1. */
  valueParameter(index: number): Value {
    return { mantissa: this.i64Parameter(index), packed: this.i32Parameter(index + 1) };
  }

  bind64(value: I64): I64 {
    return this.let(value);
  }

  bind(value: I32): I32 {
    return this.let(value);
  }

  /** A place that can be changed. */
  variable<T extends ValueType>(initial: Expression<T>): { get(): Expression<T>; set(value: Expression<T>): void } {
    const local = this.newLocal(initial.type);
    this.set(local, initial);
    return { get: () => this.get(local), set: (value) => this.set(local, value) };
  }

  routine(name: RoutineName, ...parameters: Expression[]): Expression[] {
    return this.call(this.indexOf(name), ROUTINES[name].results, parameters);
  }

  value(name: RoutineName, ...parameters: Expression[]): Value {
    const [mantissa, packed] = this.routine(name, ...parameters);
    return { mantissa: mantissa as I64, packed: packed as I32 };
  }

  pair(name: RoutineName, ...parameters: Expression[]): [I64, I64] {
    return this.routine(name, ...parameters) as [I64, I64];
  }

  classOf(value: Value): I32 {
    return this.routine('classify', value.mantissa, value.packed)[0] as I32;
  }

  returnValue(value: Value): void {
    this.return(value.mantissa, value.packed);
  }

  /** `if` that ends the routine with a value. */
  returnIf(condition: I32, value: Value): void {
    this.if(condition, () => this.returnValue(value));
  }

  /** Does its body once for each number from 0 to `count` - 1. */
  repeat(count: number, body: () => void): void {
    const left = this.variable<'i32'>(i32Const(count));
    this.loop((again) => {
      body();
      left.set({ type: 'i32', code: [left.get().code, 0x41, 1, 0x6b] });
      this.breakIf(left.get(), again);
    });
  }
}
