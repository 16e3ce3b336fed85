import type { Expression, I32, I64, Integer, V128, ValueType } from '../wasm/Expression.ts';
import type { RegisterFile } from '../isa/OperandCode.ts';
import type { RoutineName } from '../softfloat/routines.ts';
import type { FlagEmitter } from './FlagEmitter.ts';
import type { SystemHelperName } from './system/helpers.ts';

/** Widths of integer operands, in bits. 8-, 16- and 32-bit values are held zero-extended in an i32, 64-bit ones in an i64; vectors are held in a v128. */
export type Width = 8 | 16 | 32 | 64;

/** How much of a vector is moved to or from memory, in bits. */
export type VectorWidth = 32 | 64 | 128;

/** `natural`: #GP(0) unless the linear address is a multiple of the bytes moved. */
export type Alignment = 'natural' | 'any';

/**
 * An operand as semantics see it: its kind and width are known when a definition runs; whether its
 * number, address or value is known too depends on the tier.
 */
export interface OperandHandle {
  readonly kind: 'register' | 'memory' | 'immediate' | 'relative' | 'far';
  /** 0 when the operand has no data (LEA's source) or is a far pointer. */
  readonly width: number;
  /** Of a register, always. */
  readonly file?: RegisterFile;
}

/** A segment register named by number, or taken from the instruction (its override, else the default). */
export type SegmentChoice = number | 'data';

/** A location in memory: an offset in a segment. */
export interface Address {
  readonly offset: I32;
  /** Nothing to add and nothing to check: the segment is flat. */
  readonly isFlat: boolean;
  /** Address of the segment register's block in the state, when not flat. */
  readonly segment: I32 | undefined;
}

/** What a string instruction's body gets to move several elements at once. */
export interface BulkRequest {
  /** Elements that may be processed now, at least 1. */
  readonly elements: I32;
}

/** One of the x87's registers: found by its place on the stack once, then it stays the same register. */
export interface StackRegister {
  mantissa(): I64;
  signExponent(): I32;
  /** Stores a value; of the second word the low 16 bits count. */
  set(mantissa: I64, signExponent: I32): void;
  /** 1 when its tag is not empty. */
  isValid(): I32;
  setValid(isValid: boolean): void;
}

/**
 * The interface that the semantics of every instruction is written against, and which each tier
 * implements: the threaded tier reads operands from a record at run time, the region tier knows them.
 *
 * Rules for definitions: write memory before registers and flags, since a store may fault and a fault
 * must find nothing committed; bind what is used twice with `let`.
 */
export interface Emitter {
  /** Effective operand and address size; shape, not values: definitions may branch on them. */
  readonly operandSize: 16 | 32 | 64;
  readonly addressSize: 16 | 32 | 64;
  /** Width of the stack pointer: SS.B, or 64. */
  readonly stackSize: 16 | 32 | 64;
  /** Condition number of Jcc, SETcc, CMOVcc (SDM vol. 2D, table B-10); -1 for others. */
  readonly condition: number;
  readonly repeat: 'none' | 'rep' | 'repne';
  readonly operands: readonly OperandHandle[];
  readonly flags: FlagEmitter;

  // Values
  let<T extends Expression>(value: T): T;
  /** A new place for a value that `set` can change. */
  variable<T extends ValueType>(initial: Expression<T>): { get(): Expression<T>; set(value: Expression<T>): void };
  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void;
  while(condition: () => I32, body: () => void): void;
  /**
   * A check of what only helpers can change, such as control registers: a tier may leave it out where it has been
   * made before. Of an x87 exception left pending: that and instructions that raise unmasked ones.
   */
  invariant(name: 'sse' | 'x87', check: () => void): void;

  // Operands
  read(operand: OperandHandle): Integer;
  /** Like `read`, of an operand that `write` will follow for: checks that it may be written, once for both. */
  readToModify(operand: OperandHandle): Integer;
  write(operand: OperandHandle, value: Integer): void;
  /**
   * A vector register or a vector's worth of memory. What is narrower than 128 bits (an MMX register, a scalar in
   * memory) stands in the low part, zeros above it. Memory of 128 bits has to be aligned unless `alignment` says
   * otherwise; narrower memory never has to.
   */
  readVector(operand: OperandHandle, alignment?: Alignment): V128;
  /** Writes the low part, as wide as the operand is. Writing an MMX register sets its sign and exponent to ones. */
  writeVector(operand: OperandHandle, value: V128, alignment?: Alignment): void;
  /** Offset of a memory operand within its segment, wrapped to the address size. */
  offset(operand: OperandHandle): I32;
  /** A memory operand's address, `displacement` bytes further on. */
  address(operand: OperandHandle, displacement?: I32): Address;
  /** Number of a segment, control or debug register operand. */
  registerNumber(operand: OperandHandle): I32;
  /** Offset and selector of a far pointer in the instruction. */
  farPointer(operand: OperandHandle): { offset: I32; selector: I32 };

  // Registers named by number
  register(index: number, width: Width): Integer;
  setRegister(index: number, width: Width, value: Integer): void;
  /** An i32 field of the state, by its STATE offset; for system semantics. */
  stateField(offset: number): I32;
  setStateField(offset: number, value: I32): void;
  /** Of an i32 field the bits of a mask: a tier may know them where it does not know the field. */
  stateBits(offset: number, mask: number): I32;
  /** Sets bits in an i32 field; the others stay. */
  addStateBits(offset: number, bits: I32): void;
  stateField64(offset: number): I64;
  setStateField64(offset: number, value: I64): void;

  // The x87's stack
  /** ST(`which`), or the register that an operand names; how TOP is found is the tier's matter. */
  stackRegister(which: number | OperandHandle): StackRegister;
  /** TOP plus `by`: -1 before a push's register is ST(0), 1 after a pop. */
  moveStackTop(by: number): void;
  stackTop(): I32;
  setStackTop(top: I32): void;

  // Memory
  location(segment: SegmentChoice, offset: I32): Address;
  load(address: Address, width: Width): Integer;
  store(address: Address, width: Width, value: Integer): void;
  /**
   * Checks that the bytes may be written and returns their value; a later `storeModified` cannot fault.
   */
  loadToModify(address: Address, width: Width): { value: Integer; store(value: Integer): void };
  linearAddress(address: Address): I32;

  // Events
  /** Raises an exception with nothing committed and ends this path. */
  raise(vector: number, errorCode?: I32): void;
  /**
   * Runs a helper of `semantics/system` with the whole state in memory. A fault it raises ends this path.
   * When the helper changes the processor's mode or calls for attention, generated code is left at the end of
   * the instruction.
   */
  helper(name: SystemHelperName, ...parameters: I32[]): I32;

  /** Calls a routine of the floating-point library; its results are bound. */
  routine(name: RoutineName, ...parameters: Expression[]): Expression[];

  /** EIP of this instruction. */
  eip(): I32;
  /** The low 11 bits of an x87 instruction's opcode, as its last-opcode register holds them. */
  escapeOpcode(): I32;
  /** Selector in the segment register of a memory operand. */
  selector(operand: OperandHandle): I32;

  // Control flow. Each of these ends the path.
  /** EIP of the following instruction. */
  nextEip(): I32;
  /** Jumps by a relative operand, after the limit check and then `commit`. */
  jumpRelative(operand: OperandHandle, commit?: () => void): void;
  /** Jumps within CS to an offset known at run time, after the limit check and then `commit`. */
  jumpTo(offset: I32, commit?: () => void): void;
  /** A helper has set STATE.rip: the instruction is complete, go on there. */
  resume(): void;

  /**
   * The body of a string instruction. Without a repeat prefix it runs once. With one it runs while the
   * count register is not zero: `body` gets how many elements it may process and returns how many it did;
   * `until` ends the repetition early (REPE, REPNE). Each iteration retires as an instruction.
   */
  repeatString(body: (request: BulkRequest) => I32, until?: () => I32): void;
  /**
   * Tries to process `elements` consecutive elements of `bytes` bytes upwards from both addresses without
   * leaving a page: calls `action` with host addresses when all of it is plain memory. Returns the number of
   * elements processed, 0 when the caller has to go element by element.
   */
  bulkMove(destination: Address, source: Address, bytes: number, elements: I32): I32;
  bulkFill(destination: Address, bytes: number, value: I32, elements: I32): I32;
  /** The same between a port and memory, as far as a device has elements ready or takes them at once. */
  bulkPortIn(destination: Address, port: I32, bytes: number, elements: I32): I32;
  bulkPortOut(source: Address, port: I32, bytes: number, elements: I32): I32;
}

/** The definition of one instruction. */
export type Semantics = (e: Emitter, operands: readonly OperandHandle[]) => void;
