import { type I32, type Integer, i32Const, load, storeCode, wrap } from '../../wasm/Expression.ts';
import type { FunctionBuilder } from '../../wasm/FunctionBuilder.ts';
import type { FlagStorage } from '../../semantics/FlagEmitter.ts';
import { STATE } from '../../state/layout.ts';

interface LazyFlags {
  readonly result: I32;
  readonly carries: I32;
}

/**
 * The lazy flags between the instructions of a superinstruction: read from locals, and stored only where the state is
 * left to others. What the next instruction overwrites before that is never stored, and so never computed.
 */
export class DeferredFlags implements FlagStorage {
  private readonly f: FunctionBuilder;
  private readonly cpu: number;
  /** What they are known to be; undefined: what the state says. */
  private known: LazyFlags | undefined;
  private isStored = true;
  /** Branches that the code being written lies in. What is set there holds there alone. */
  private depth = 0;

  /** @param cpu start of the vCPU's block */
  constructor(f: FunctionBuilder, cpu: number) {
    this.f = f;
    this.cpu = cpu;
  }

  let<T extends Integer>(value: T): T {
    return this.f.let(value) as T;
  }

  result(): I32 {
    return this.known?.result ?? this.field(STATE.result);
  }

  carries(): I32 {
    return this.known?.carries ?? this.field(STATE.carries);
  }

  setLazy(result: Integer, carries: I32): void {
    // Bound before either is stored: the new ones may depend on the old.
    this.known = { carries: this.let(carries), result: this.let(wrap(result)) };
    this.isStored = false;
    if (this.depth === 0) return;
    this.store();
    this.known = undefined;
  }

  /** Stores them where the path being written leaves the superinstruction; other paths have still to do it. */
  storeHere(): void {
    if (this.known === undefined || this.isStored) return;
    this.setField(STATE.result, this.known.result);
    this.setField(STATE.carries, this.known.carries);
  }

  /** Stores them for good. */
  store(): void {
    this.storeHere();
    this.isStored = true;
  }

  /** Writes code that may run or not, or several times. They are stored before it: {@link store}. */
  inBranch(write: () => void): void {
    this.depth++;
    write();
    this.depth--;
  }

  private field(offset: number): I32 {
    return load(i32Const(0), 32, this.cpu + offset);
  }

  private setField(offset: number, value: I32): void {
    this.f.emit(storeCode(i32Const(0), value, 32, this.cpu + offset));
  }
}
