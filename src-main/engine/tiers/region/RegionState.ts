import { type I32, and, i32Const, load, ne, or, storeCode } from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import { STATE } from '../../state/layout.ts';

const ZERO = i32Const(0);

/** Of the x87's status word: an exception is pending. */
const ERROR_SUMMARY = 0x80;
/** CR0.EM and CR0.TS. */
const CR0_EM_TS = 0xc;

/** Fields that are kept in locals while a region runs. */
const CACHED = new Set<number>([
  STATE.mxcsr,
  STATE.x87Status,
  STATE.x87InstructionOffset,
  STATE.x87InstructionSelector,
  STATE.x87DataOffset,
  STATE.x87DataSelector,
  STATE.x87Opcode,
]);

/** Fields that a region is made for one value of. */
export const ASSUMABLE: readonly number[] = [STATE.cr0, STATE.cr4, STATE.x87Control];

/** What emitting a region's code for the first time has told about it. */
export class Discoveries {
  readonly windows = new Set<string>();
  readonly cachedFields = new Set<number>();
  readonly assumedFields = new Set<number>();
  /** Fields that the region writes itself, so that no value of theirs can be assumed. */
  readonly writtenFields = new Set<number>();
  /** Numbers of the x87 registers in use. */
  readonly x87Registers = new Set<number>();
  usesX87Stack = false;
  /** Whether it relies on that no x87 exception is pending. */
  assumesNoPending = false;
  hasCalls = false;

  /** Whether the code has to be emitted once more, knowing this. */
  get matter(): boolean {
    const { cachedFields, assumedFields, x87Registers, usesX87Stack, hasCalls } = this;
    return hasCalls || usesX87Stack || x87Registers.size > 0 || cachedFields.size > 0 || assumedFields.size > 0;
  }
}

/** The processor's state outside of the general registers, as a region sees it. */
export class RegionState {
  private readonly f: FunctionBuilder;
  private readonly cpu: number;
  private readonly values: ReadonlyMap<number, number>;
  private readonly discoveries: Discoveries;
  private readonly cached: ReadonlyMap<number, Local<'i32'>>;
  private readonly assumed: readonly number[];
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
    this.cached = new Map([...known.cachedFields].map((offset) => [offset, f.newLocal('i32')]));
    this.assumed = [...known.assumedFields].filter((offset) => !known.writtenFields.has(offset));
    this.assumesNoPending = known.assumesNoPending;
    for (const offset of known.writtenFields) discoveries.writtenFields.add(offset);
  }

  /** Locals that instructions change. */
  get fieldLocals(): Iterable<Local> {
    return this.cached.values();
  }

  field(offset: number): I32 {
    const local = this.cachedLocal(offset);
    if (local) return this.f.get(local);
    const value = this.values.get(offset);
    if (value !== undefined && !this.discoveries.writtenFields.has(offset)) {
      this.discoveries.assumedFields.add(offset);
      return i32Const(value);
    }
    return this.inMemory(offset);
  }

  setField(offset: number, value: I32): void {
    const local = this.cachedLocal(offset);
    if (local) {
      this.f.set(local, value);
      return;
    }
    if (this.values.has(offset)) this.discoveries.writtenFields.add(offset);
    this.f.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  /** Not 0 when a field differs from what the code assumes. */
  get isOther(): I32 {
    const pending = and(this.inMemory(STATE.x87Status), i32Const(ERROR_SUMMARY));
    const unavailable = and(this.inMemory(STATE.cr0), i32Const(CR0_EM_TS));
    return this.assumed
      .map((offset) => ne(this.inMemory(offset), i32Const(this.values.get(offset) ?? 0)))
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

  private cachedLocal(offset: number): Local<'i32'> | undefined {
    if (CACHED.has(offset)) this.discoveries.cachedFields.add(offset);
    return this.cached.get(offset);
  }

  private inMemory(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }
}
