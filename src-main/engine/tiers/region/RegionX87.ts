import { type I32, type I64, and, i32Const, i64Const, load, load64, ne, or, storeCode } from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import type { StackRegister } from '../../semantics/Emitter.ts';
import { STATE, X87_SLOT } from '../../state/layout.ts';
import type { Discoveries } from './RegionState.ts';

const ZERO = i32Const(0);

/** Which register is ST(0), and which hold values. */
export interface StackShape {
  readonly top: number;
  readonly valid: number;
}

interface RegisterLocals {
  readonly mantissa: Local<'i64'>;
  readonly signExponent: Local<'i32'>;
}

/**
 * The x87's stack in a region: its shape is known at every instruction, since the region is made for one shape at its
 * entry; the registers in use are locals.
 */
export class RegionX87 {
  readonly entry: StackShape;
  shape: StackShape;
  private readonly f: FunctionBuilder;
  private readonly cpu: number;
  private readonly discoveries: Discoveries;
  private readonly isUsed: boolean;
  private readonly locals: ReadonlyMap<number, RegisterLocals>;

  constructor(f: FunctionBuilder, cpu: number, entry: StackShape, known: Discoveries, discoveries: Discoveries) {
    this.f = f;
    this.cpu = cpu;
    this.entry = entry;
    this.shape = entry;
    this.discoveries = discoveries;
    this.isUsed = known.usesX87Stack;
    this.locals = new Map(
      [...known.x87Registers].map((number) => [
        number,
        { mantissa: f.newLocal('i64', `r${number}`), signExponent: f.newLocal('i32', `r${number}.sign`) },
      ]),
    );
  }

  /** Locals that instructions change. */
  get registerLocals(): readonly Local[] {
    return [...this.locals.values()].flatMap(({ mantissa, signExponent }) => [mantissa, signExponent]);
  }

  /** Whether instructions of another shape's stack may follow here. */
  isShape(shape: StackShape): boolean {
    return shape.top === this.shape.top && shape.valid === this.shape.valid;
  }

  top(): I32 {
    this.discoveries.usesX87Stack = true;
    return i32Const(this.shape.top);
  }

  setTop(top: number): void {
    this.discoveries.usesX87Stack = true;
    this.shape = { ...this.shape, top: top & 7 };
  }

  valid(): I32 {
    this.discoveries.usesX87Stack = true;
    return i32Const(this.shape.valid);
  }

  setValid(valid: number): void {
    this.discoveries.usesX87Stack = true;
    this.shape = { ...this.shape, valid };
  }

  /** ST(`place`). */
  register(place: number): StackRegister {
    const { f, discoveries } = this;
    discoveries.usesX87Stack = true;
    const number = (this.shape.top + place) & 7;
    const bit = 1 << number;
    discoveries.x87Registers.add(number);
    const locals = this.localsOf(number);
    const slot = this.cpu + STATE.x87 + number * X87_SLOT.size;
    return {
      mantissa: () => (locals ? f.get(locals.mantissa) : load64(ZERO, slot + X87_SLOT.mantissa)),
      signExponent: () => (locals ? f.get(locals.signExponent) : load(ZERO, 16, slot + X87_SLOT.signExponent)),
      set: (mantissa, signExponent) => {
        if (locals) {
          f.set(locals.mantissa, mantissa);
          f.set(locals.signExponent, and(signExponent, i32Const(0xffff)));
        }
      },
      isValid: () => i32Const(this.shape.valid & bit ? 1 : 0),
      setValid: (isValid) => this.setValid(isValid ? this.shape.valid | bit : this.shape.valid & ~bit),
    };
  }

  /** MM`number`: the mantissa of the register of that number. */
  mmx(number: number): I64 {
    this.discoveries.x87Registers.add(number);
    const locals = this.localsOf(number);
    return locals ? this.f.get(locals.mantissa) : i64Const(0);
  }

  /** An MMX register that is written reads as a NaN or an infinity to the x87 (SDM vol. 1, 9.2.2). */
  setMmx(number: number, value: I64): void {
    this.discoveries.x87Registers.add(number);
    const locals = this.localsOf(number);
    if (!locals) return;
    this.f.set(locals.mantissa, value);
    this.f.set(locals.signExponent, i32Const(0xffff));
  }

  /** Not 0 when the stack is not of the present shape. */
  get isOther(): I32 {
    if (!this.isUsed) return ZERO;
    const { top, valid } = this.shape;
    return or(ne(this.field(STATE.x87Top), i32Const(top)), ne(this.field(STATE.x87Valid), i32Const(valid)));
  }

  loadRegisters(): void {
    for (const [number, { mantissa, signExponent }] of this.locals) {
      const slot = this.cpu + STATE.x87 + number * X87_SLOT.size;
      this.f.set(mantissa, load64(ZERO, slot + X87_SLOT.mantissa));
      this.f.set(signExponent, load(ZERO, 16, slot + X87_SLOT.signExponent));
    }
  }

  storeRegisters(): void {
    for (const [number, { mantissa, signExponent }] of this.locals) {
      const slot = this.cpu + STATE.x87 + number * X87_SLOT.size;
      this.f.emit(storeCode(ZERO, this.f.get(mantissa), 64, slot + X87_SLOT.mantissa));
      this.f.emit(storeCode(ZERO, this.f.get(signExponent), 16, slot + X87_SLOT.signExponent));
    }
  }

  storeShape(): void {
    if (!this.isUsed) return;
    this.f.emit(storeCode(ZERO, i32Const(this.shape.top), 32, this.cpu + STATE.x87Top));
    this.f.emit(storeCode(ZERO, i32Const(this.shape.valid), 32, this.cpu + STATE.x87Valid));
  }

  /** undefined while it is being found out which registers are used. */
  private localsOf(number: number): RegisterLocals | undefined {
    const locals = this.locals.get(number);
    if (!locals && this.locals.size > 0) throw new Error(`x87 register ${number} is not among the region's`);
    return locals;
  }

  private field(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }
}
