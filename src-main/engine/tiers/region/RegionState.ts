import { type I32, and, i32Const, load, ne, or, storeCode } from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import { MXCSR } from '../../softfloat/sse/mxcsr.ts';
import { STATE } from '../../state/layout.ts';

const ZERO = i32Const(0);

/** Of the x87's status word: an exception is pending. */
const ERROR_SUMMARY = 0x80;
/** CR0.EM and CR0.TS. */
const CR0_EM_TS = 0xc;

/** Fields that are kept in locals while a region runs. */
const CACHED: ReadonlyMap<number, string> = new Map(
  (
    [
      'mxcsr',
      'x87Status',
      'x87InstructionOffset',
      'x87InstructionSelector',
      'x87DataOffset',
      'x87DataSelector',
      'x87Opcode',
    ] as const
  ).map((name) => [STATE[name], name]),
);

/** Fields that a region is made for one value of, or of some of their bits. */
export const ASSUMABLE: readonly number[] = [STATE.cr0, STATE.cr4, STATE.x87Control, STATE.mxcsr];

/** Of the x87's control word: all exceptions are masked. */
export const X87_MASKS = 0x3f;

/** What emitting a region's code for the first time has told about it. */
export class Discoveries {
  readonly windows = new Set<string>();
  readonly cachedFields = new Set<number>();
  /** Bits of fields. */
  readonly assumedBits = new Map<number, number>();
  /** Fields that the region writes itself, so that their value cannot be assumed. */
  readonly writtenFields = new Set<number>();
  /** Numbers of the x87 registers in use. */
  readonly x87Registers = new Set<number>();
  usesX87Stack = false;
  /** Whether it relies on that no x87 exception is pending. */
  assumesNoPending = false;
  hasCalls = false;

  /** Whether the code has to be emitted once more, knowing this. */
  get matter(): boolean {
    const { cachedFields, assumedBits, x87Registers, usesX87Stack, hasCalls } = this;
    return hasCalls || usesX87Stack || x87Registers.size > 0 || cachedFields.size > 0 || assumedBits.size > 0;
  }
}

/** The processor's state outside of the general registers, as a region sees it. */
export class RegionState {
  private readonly f: FunctionBuilder;
  private readonly cpu: number;
  private readonly values: ReadonlyMap<number, number>;
  private readonly discoveries: Discoveries;
  private readonly cached: ReadonlyMap<number, Local<'i32'>>;
  private readonly assumed: ReadonlyMap<number, number>;
  private readonly assumesNoPending: boolean;

  /** @param values of the ASSUMABLE fields when the region is made */
  constructor(
    f: FunctionBuilder,
    cpu: number,
    values: ReadonlyMap<number, number>,
    known: Discoveries,
    discoveries: Discoveries,
  ) {
    this.f = f;
    this.cpu = cpu;
    this.values = values;
    this.discoveries = discoveries;
    this.cached = new Map([...known.cachedFields].map((offset) => [offset, f.newLocal('i32', CACHED.get(offset))]));
    this.assumesNoPending = known.assumesNoPending;
    for (const offset of known.writtenFields) discoveries.writtenFields.add(offset);
    this.assumed = new Map([...known.assumedBits].map(([offset, bits]) => [offset, bits & this.steadyBits(offset)]));
  }

  /** Locals that instructions change. */
  get fieldLocals(): Iterable<Local> {
    return this.cached.values();
  }

  field(offset: number): I32 {
    const local = this.cachedLocal(offset);
    if (local) return this.f.get(local);
    if (CACHED.has(offset) || !this.values.has(offset)) return this.inMemory(offset);
    const steady = this.steadyBits(offset);
    this.assume(offset, steady);
    return steady === -1 ? i32Const(this.assumedValue(offset)) : this.inMemory(offset);
  }

  /** The bits of a mask in a field. */
  bits(offset: number, mask: number): I32 {
    if (!this.values.has(offset) || (mask & ~this.steadyBits(offset)) !== 0) {
      return and(this.field(offset), i32Const(mask));
    }
    this.assume(offset, mask);
    return i32Const(this.assumedValue(offset) & mask);
  }

  addBits(offset: number, bits: I32): void {
    const local = this.cachedLocal(offset);
    if (local) this.f.set(local, or(this.f.get(local), bits));
    else this.f.emit(storeCode(ZERO, or(this.inMemory(offset), bits), 32, this.cpu + offset));
  }

  setField(offset: number, value: I32): void {
    if (this.values.has(offset)) this.discoveries.writtenFields.add(offset);
    const local = this.cachedLocal(offset);
    if (local) {
      this.f.set(local, value);
      return;
    }
    this.f.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  /** Not 0 when a field differs from what the code assumes. */
  get isOther(): I32 {
    const pending = and(this.inMemory(STATE.x87Status), i32Const(ERROR_SUMMARY));
    const unavailable = and(this.inMemory(STATE.cr0), i32Const(CR0_EM_TS));
    return [...this.assumed]
      .map(([offset, bits]) =>
        ne(and(this.inMemory(offset), i32Const(bits)), i32Const(this.assumedValue(offset) & bits)),
      )
      .reduce((all, one) => or(all, one), this.assumesNoPending ? or(pending, unavailable) : ZERO);
  }

  /** The entry is to look that no x87 exception is pending, and that there is an x87 to use. */
  assumeNoPending(): void {
    this.discoveries.assumesNoPending = true;
  }

  loadCached(): void {
    for (const [offset, local] of this.cached) this.f.set(local, this.inMemory(offset));
  }

  storeCached(): void {
    for (const [offset, local] of this.cached) {
      this.f.emit(storeCode(ZERO, this.f.get(local), 32, this.cpu + offset));
    }
  }

  /** Bits of a field that nothing in the region changes. */
  private steadyBits(offset: number): number {
    const isWritten = this.discoveries.writtenFields.has(offset);
    // The region is left when exceptions are unmasked.
    if (offset === STATE.x87Control) return isWritten ? X87_MASKS : -1;
    if (isWritten) return 0;
    // Exceptions that have been noted stay so.
    return offset === STATE.mxcsr ? this.assumedValue(offset) | ~MXCSR.exceptions : -1;
  }

  private assumedValue(offset: number): number {
    return this.values.get(offset) ?? 0;
  }

  private assume(offset: number, bits: number): void {
    const { assumedBits } = this.discoveries;
    assumedBits.set(offset, (assumedBits.get(offset) ?? 0) | bits);
  }

  private cachedLocal(offset: number): Local<'i32'> | undefined {
    if (CACHED.has(offset)) this.discoveries.cachedFields.add(offset);
    return this.cached.get(offset);
  }

  private inMemory(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }
}
