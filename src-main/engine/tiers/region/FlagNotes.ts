import { type Code, type I32, add, eq, i32Const, sub } from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import type { Recipe } from './RegionFlags.ts';

/** Constants are part of a note as long as a region has fewer notes than this; each costs code at its exit. */
const MOST_WITH_CONSTANTS = 32;

/** All general registers, a bit each. */
export const ALL_REGISTERS = 0xff;

/** Where an operand of a noted operation is found at the exit. */
type Source =
  | { readonly kind: 'register'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'local' }
  /** Made from the other two. */
  | { readonly kind: 'derived' };

interface Note {
  /** Of `which`. */
  readonly number: number;
  readonly recipe: Pick<Recipe, 'kind' | 'width' | 'isPlain'>;
  readonly left: Source;
  readonly right: Source;
  readonly result: Source;
}

/**
 * Operations that flags can be computed from when a region is left, noted where ways meet. An operand that a guest
 * register still holds, or a constant, is not copied: a loop would carry the copy from iteration to iteration.
 */
export class FlagNotes {
  private readonly f: FunctionBuilder;
  private readonly registers: readonly Local<'i32'>[];
  /** 0, or the number of the note that the flags have to be computed from. */
  private readonly which: Local<'i32'>;
  private readonly left: Local<'i32'>;
  private readonly right: Local<'i32'>;
  private readonly result: Local<'i32'>;
  private readonly kept: Local<'i32'>;
  private readonly notes = new Map<string, Note>();
  /** How often a register has been written, in the order of the code. */
  private readonly writes: number[];
  /** Locals that equal a register, as long as it has been written so often. */
  private readonly copies = new Map<number, { readonly register: number; readonly writes: number }>();
  /** Registers, as bits, that do not change while what is noted next may be wanted. */
  lasting = ALL_REGISTERS;

  constructor(f: FunctionBuilder, registers: readonly Local<'i32'>[]) {
    this.f = f;
    this.registers = registers;
    this.writes = registers.map(() => 0);
    this.which = f.newLocal('i32', 'recipe');
    this.left = f.newLocal('i32', 'recipe.left');
    this.right = f.newLocal('i32', 'recipe.right');
    this.result = f.newLocal('i32', 'recipe.result');
    this.kept = f.newLocal('i32', 'recipe.kept');
  }

  /** A local has been given a value. */
  localSet(local: number, value: Code): void {
    const from = localOf(value);
    const register = this.registers.findIndex(({ index }) => index === from);
    const copied = register >= 0 ? { register, writes: this.writes[register] } : this.copies.get(from);
    if (copied) this.copies.set(local, copied);
    else this.copies.delete(local);
  }

  /** A register has been given all of a value, or, without one, something else. */
  registerSet(register: number, value?: Code): void {
    const writes = ++this.writes[register];
    const from = value === undefined ? -1 : localOf(value);
    if (from >= 0 && !this.registers.some(({ index }) => index === from)) this.copies.set(from, { register, writes });
  }

  /** Nothing is known any more of what holds copies of registers. */
  forgetCopies(): void {
    this.copies.clear();
  }

  /** Emits code that need not run, or runs again: what it copies is forgotten, and what it writes is no copy. */
  around(emit: () => void): void {
    const before = [...this.writes];
    emit();
    for (const [register, writes] of this.writes.entries()) if (writes !== before[register]) this.writes[register]++;
  }

  /** @param recipe undefined: the flags are in the locals of the pair */
  note(recipe: Recipe | undefined): void {
    const { f, notes } = this;
    if (recipe === undefined) {
      f.set(this.which, i32Const(0));
      return;
    }
    const made = this.noteOf(recipe);
    const key = JSON.stringify(made);
    const note = notes.get(key) ?? { ...made, number: notes.size + 1 };
    notes.set(key, note);
    f.set(this.which, i32Const(note.number));
    if (note.left.kind === 'local') f.set(this.left, recipe.left);
    if (note.right.kind === 'local') f.set(this.right, recipe.right);
    if (note.result.kind === 'local') f.set(this.result, recipe.result);
    if (recipe.kept) f.set(this.kept, recipe.kept);
  }

  /** Emits, for each operation that has been noted, what `compute` makes of it. */
  emitComputation(compute: (recipe: Recipe) => void): void {
    const { f } = this;
    for (const note of this.notes.values()) {
      f.if(eq(f.get(this.which), i32Const(note.number)), () => compute(this.recipeOf(note)));
    }
  }

  private noteOf({ kind, width, isPlain, left, right, result }: Recipe): Omit<Note, 'number'> {
    const recipe = { kind, width, isPlain };
    const sources = { left: this.source(left), right: this.source(right), result: this.source(result) };
    if (!isPlain) return { recipe, ...sources };
    const derived: Source = { kind: 'derived' };
    // Narrower results are not all of a register, and operands made from them would not be zero-extended.
    if (width === 32 && sources.result.kind === 'register') {
      if (sources.left.kind === 'local') return { recipe, ...sources, left: derived };
      if (sources.right.kind === 'local') return { recipe, ...sources, right: derived };
    }
    return { recipe, ...sources, result: derived };
  }

  private source(value: I32): Source {
    if (value.constant !== undefined) {
      const isPart = this.notes.size < MOST_WITH_CONSTANTS;
      return isPart ? { kind: 'constant', value: value.constant } : { kind: 'local' };
    }
    const copy = this.copies.get(localOf(value.code));
    const isHeld = copy !== undefined && this.writes[copy.register] === copy.writes;
    if (isHeld && ((this.lasting >> copy.register) & 1) !== 0) return { kind: 'register', index: copy.register };
    return { kind: 'local' };
  }

  private recipeOf(note: Note): Recipe {
    const { f } = this;
    const { kind } = note.recipe;
    const isAddition = kind === 'add' || kind === 'addKeepingCarry';
    const value = (source: Source, local: Local<'i32'>): I32 => {
      if (source.kind === 'register') return f.get(this.registers[source.index]);
      return source.kind === 'constant' ? i32Const(source.value) : f.get(local);
    };
    let left = value(note.left, this.left),
      right = value(note.right, this.right),
      result = value(note.result, this.result);
    if (note.left.kind === 'derived') left = f.let(isAddition ? sub(result, right) : add(result, right));
    if (note.right.kind === 'derived') right = f.let(isAddition ? sub(result, left) : sub(left, result));
    if (note.result.kind === 'derived') result = f.let(isAddition ? add(left, right) : sub(left, right));
    return { ...note.recipe, left, right, result, kept: f.get(this.kept) };
  }
}

/** The local that an expression is, or -1. */
function localOf(code: Code): number {
  if (code[0] !== 0x20 || code.length > 3) return -1;
  const [, low, high = 0] = code as readonly number[];
  return (low & 0x7f) | (high << 7);
}
