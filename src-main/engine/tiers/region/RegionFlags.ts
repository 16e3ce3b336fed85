import {
  type I32,
  type Integer,
  and,
  eq,
  eqz,
  i32Const,
  leSigned,
  leUnsigned,
  ltSigned,
  ltUnsigned,
  or,
  popcnt,
  shl,
  shr,
  signExtend,
  wrap,
  xor,
} from '../../wasm/Expression.ts';
import type { Width } from '../../semantics/Emitter.ts';
import { FlagEmitter } from '../../semantics/FlagEmitter.ts';
import { signed } from '../../semantics/values.ts';

/** Where the flags are when they have been computed: two locals, as the lazy pair of the state. */
export interface FlagLocals {
  let<T extends Integer>(value: T): T;
  /** Like `let`, in a local that belongs to the present instruction. */
  copy(value: I32): I32;
  result(): I32;
  carries(): I32;
  set(result: I32, carries: I32): void;
  /** Notes an operation that the flags can be computed from later; `undefined`: they are in the locals above. */
  note(recipe: Recipe | undefined): void;
}

/** Operations that flags can be computed from when a region is left. */
export const RECIPE_KINDS = ['add', 'sub', 'addKeepingCarry', 'subKeepingCarry'] as const;

/** An operation by its kind and width, and its operands. */
export interface Recipe {
  readonly kind: (typeof RECIPE_KINDS)[number];
  readonly width: 8 | 16 | 32;
  readonly left: I32;
  readonly right: I32;
  readonly result: I32;
  /** Whether the result is that of its operands alone, without a carry that came in. */
  readonly isPlain: boolean;
  /** CF, 0 or 1, where the operation keeps it. */
  readonly kept?: I32;
}

/** Flags as the operation that makes them, whose operands are kept in locals. */
interface Pending {
  /** Computes the lazy pair. */
  materialise(): void;
  readonly recipe?: Recipe;
  readonly carry?: () => I32;
  readonly overflow?: () => I32;
  readonly zero: () => I32;
  readonly sign: () => I32;
  readonly parity: () => I32;
  readonly belowOrEqual?: () => I32;
  readonly less?: () => I32;
  readonly lessOrEqual?: () => I32;
}

/**
 * What is known of the flags at a place in the code: in the locals, noted as an operation that differs by the way
 * control came, wanted by nobody, or one operation.
 */
export type FlagState = 'computed' | 'noted' | 'dead' | Pending;

/**
 * Flags in a region: an operation that sets them is only remembered. Conditions compare its operands directly;
 * the pair is computed where control meets code that knows nothing of the operation, mostly on the way out.
 *
 * Definitions hand in expressions over bound values (`Emitter.let`), so these can be evaluated later.
 */
export class RegionFlags extends FlagEmitter {
  state: FlagState = 'computed';
  /** Whether anything may want the flags that the present instruction leaves. */
  isWanted = true;
  private readonly locals: FlagLocals;

  constructor(locals: FlagLocals) {
    super({
      let: (value) => locals.let(value),
      result: () => {
        this.materialise();
        return locals.result();
      },
      carries: () => {
        this.materialise();
        return locals.carries();
      },
      setLazy: (result, carries) => this.compute(result, carries),
    });
    this.locals = locals;
  }

  /** Has the pair in the locals from here on. */
  materialise(): void {
    const { state } = this;
    if (state === 'noted') throw new Error('flags are wanted that only a way out was to want');
    if (typeof state === 'string') return;
    this.state = 'computed';
    state.materialise();
  }

  /** Computes the pair where it was noted only, from what was noted. */
  computeNoted(recipe: Recipe): void {
    const { kind, width, left, right, result, kept = i32Const(0) } = recipe;
    this.state = 'computed';
    if (kind === 'add') super.fromAdd(width, left, right, result);
    else if (kind === 'sub') super.fromSub(width, left, right, result);
    else if (kind === 'addKeepingCarry') this.computeAdd(width, left, right, result, kept);
    else this.computeSub(width, left, right, result, kept);
  }

  /** From here on only a way out may want the flags. */
  note(): void {
    const { state } = this;
    if (typeof state === 'object') {
      if (state.recipe === undefined) this.materialise();
      this.locals.note(state.recipe);
    } else if (state === 'computed') {
      this.locals.note(undefined);
    }
    this.state = 'noted';
  }

  /** Emits code that leaves the present path with the flags noted, and forgets what it did. */
  onTheWayOut(emit: () => void): void {
    const { state } = this;
    this.note();
    emit();
    this.state = state;
  }

  /** The same towards code that wants to read flags. */
  towardsReader(emit: () => void): void {
    const { state } = this;
    this.materialise();
    emit();
    this.state = state;
  }

  override fromAdd(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.remember(() => ({
      ...this.ofResult(width, result),
      ...recipe('add', width, left, right, result, false),
      materialise: () => super.fromAdd(width, left, right, result),
    }));
  }

  override fromPlainAdd(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.remember(() => ({
      ...this.ofResult(width, result),
      ...(width === 32 ? { carry: () => ltUnsigned(wrap(result), wrap(left)) } : {}),
      ...recipe('add', width, left, right, result, true),
      materialise: () => super.fromAdd(width, left, right, result),
    }));
  }

  override fromSub(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.remember(() => ({
      ...this.ofResult(width, result),
      ...recipe('sub', width, left, right, result, false),
      materialise: () => super.fromSub(width, left, right, result),
    }));
  }

  override fromPlainSub(width: Width, left: Integer, right: Integer, result: Integer): void {
    const signedPair = (): [Integer, Integer] => [signed(width, left), signed(width, right)];
    this.remember(() => ({
      ...this.ofResult(width, result),
      zero: () => eq(left, right),
      carry: () => ltUnsigned(left, right),
      belowOrEqual: () => leUnsigned(left, right),
      less: () => ltSigned(...signedPair()),
      lessOrEqual: () => leSigned(...signedPair()),
      ...recipe('sub', width, left, right, result, true),
      materialise: () => super.fromSub(width, left, right, result),
    }));
  }

  override fromLogic(width: Width, result: Integer): void {
    const none = (): I32 => i32Const(0);
    this.remember(() => {
      const flags = this.ofResult(width, result);
      return {
        ...flags,
        carry: none,
        overflow: none,
        belowOrEqual: flags.zero,
        less: flags.sign,
        lessOrEqual: () => leSigned(this.normalised(width, result), i32Const(0)),
        materialise: () => super.fromLogic(width, result),
      };
    });
  }

  override fromAddKeepingCarry(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.rememberKeeping(
      width,
      result,
      (kept) => this.computeAdd(width, left, right, result, kept),
      (kept) => recipe('addKeepingCarry', width, left, right, result, true, kept),
    );
  }

  override fromSubKeepingCarry(width: Width, left: Integer, right: Integer, result: Integer): void {
    const less = (): I32 => ltSigned(signed(width, left), signed(width, right));
    this.rememberKeeping(
      width,
      result,
      (kept) => this.computeSub(width, left, right, result, kept),
      (kept) => recipe('subKeepingCarry', width, left, right, result, true, kept),
      less,
    );
  }

  override fromParts(width: Width, result: Integer, carry: I32, overflow: I32, adjust?: I32): void {
    this.remember(() => ({
      ...this.ofResult(width, result),
      carry: () => carry,
      overflow: () => overflow,
      materialise: () => super.fromParts(width, result, carry, overflow, adjust),
    }));
  }

  override carry(): I32 {
    return this.pending?.carry?.() ?? super.carry();
  }

  override overflow(): I32 {
    return this.pending?.overflow?.() ?? super.overflow();
  }

  override zero(): I32 {
    return this.pending?.zero() ?? super.zero();
  }

  override sign(): I32 {
    return this.pending?.sign() ?? super.sign();
  }

  override parity(): I32 {
    return this.pending?.parity() ?? super.parity();
  }

  override condition(number: number): I32 {
    const condition = this.fused(number >> 1);
    if (condition === undefined) return super.condition(number);
    return (number & 1) === 1 ? eqz(condition) : condition;
  }

  /** A condition straight from an operation's operands. */
  private fused(pair: number): I32 | undefined {
    const { pending } = this;
    switch (pair) {
      case 3:
        return pending?.belowOrEqual?.();
      case 6:
        return pending?.less?.();
      case 7: {
        if (pending?.lessOrEqual) return pending.lessOrEqual();
        return pending?.less && or(pending.zero(), pending.less());
      }
      default:
        return undefined;
    }
  }

  private get pending(): Pending | undefined {
    return typeof this.state === 'string' ? undefined : this.state;
  }

  private remember(make: () => Pending): void {
    this.state = this.isWanted ? make() : 'dead';
  }

  private rememberKeeping(
    width: Width,
    result: Integer,
    compute: (kept: I32) => void,
    recipeOf: (kept: I32) => { recipe?: Recipe },
    less?: () => I32,
  ): void {
    if (!this.isWanted) {
      this.state = 'dead';
      return;
    }
    const kept = this.locals.copy(this.carry());
    this.remember(() => ({
      ...this.ofResult(width, result),
      carry: () => kept,
      ...recipeOf(kept),
      ...(less ? { less } : {}),
      materialise: () => compute(kept),
    }));
  }

  /** As the base class does it, with CF in the carries that it keeps. */
  private computeAdd(width: Width, left: Integer, right: Integer, result: Integer, kept: I32): void {
    this.locals.set(i32Const(0), shl(kept, i32Const(31)));
    super.fromAddKeepingCarry(width, left, right, result);
  }

  private computeSub(width: Width, left: Integer, right: Integer, result: Integer, kept: I32): void {
    this.locals.set(i32Const(0), shl(kept, i32Const(31)));
    super.fromSubKeepingCarry(width, left, right, result);
  }

  private ofResult(width: Width, result: Integer): Pick<Pending, 'zero' | 'sign' | 'parity'> {
    const value = (): Integer => this.normalised(width, result);
    return {
      zero: () => eqz(width === 8 || width === 16 ? and(wrap(result), i32Const(2 ** width - 1)) : value()),
      sign: () => (width === 64 ? ltSigned(value(), zeroLike(value())) : shr(wrap(value()), i32Const(31))),
      parity: () => xor(and(popcnt(and(wrap(result), i32Const(0xff))), i32Const(1)), i32Const(1)),
    };
  }

  private normalised(width: Width, result: Integer): I32 {
    if (width === 64) throw new Error('64-bit results are not compared in regions yet');
    return width === 32 ? wrap(result) : signExtend(wrap(result), width);
  }

  private compute(result: Integer, carries: I32): void {
    if (!this.isWanted && this.state !== 'computed') {
      this.state = 'dead';
      return;
    }
    this.locals.set(wrap(result), carries);
    this.state = 'computed';
  }
}

function recipe(
  kind: Recipe['kind'],
  width: Width,
  left: Integer,
  right: Integer,
  result: Integer,
  isPlain: boolean,
  kept?: I32,
): { recipe?: Recipe } {
  if (width === 64) return {};
  const operands = { left: wrap(left), right: wrap(right), result: wrap(result) };
  return { recipe: { kind, width, isPlain, ...operands, ...(kept && { kept }) } };
}

function zeroLike(value: Integer): Integer {
  return value.type === 'i64' ? ({ type: 'i64', code: [0x42, 0] } as Integer) : i32Const(0);
}
