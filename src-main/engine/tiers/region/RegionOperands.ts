import { type I32, type I64, type Integer, add, and, i32Const, or, shl, shr, wrap } from '../../wasm/Expression.ts';
import { type MemoryOperand, type RegisterOperand, SEGMENT_NAMES } from '../../decode/Instruction.ts';
import type { SegmentChoice, Width } from '../../semantics/Emitter.ts';
import { CS, DS, FS, RSP, SEGMENT, SS, segmentOffset } from '../../state/layout.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import { REGISTER_NAMES, type RegionCode, ZERO } from './RegionCode.ts';
import { type RegionAddress, STACK_GROUP } from './RegionMemory.ts';

/** Where the operands of a region's instructions are: registers in locals, and addresses made from them. */
export class RegionOperands {
  private readonly code: RegionCode;
  private readonly mode: TranslationMode;

  constructor(code: RegionCode, mode: TranslationMode) {
    this.code = code;
    this.mode = mode;
  }

  read(operand: RegisterOperand): Integer {
    const { f, registers } = this.code;
    if (operand.file === 'segment') return this.code.stateField(segmentOffset(operand.index) + SEGMENT.selector);
    if (operand.file === 'mmx') return this.code.x87.mmx(operand.index);
    if (operand.file !== 'general') throw new Error(`${operand.file} registers are not read in regions`);
    if (operand.highByte) return and(shr(f.get(registers[operand.index]), i32Const(8)), i32Const(0xff));
    return this.register(operand.index, operand.width as Width);
  }

  write(operand: RegisterOperand, value: Integer): void {
    if (operand.file === 'mmx') {
      this.code.x87.setMmx(operand.index, value as I64);
      return;
    }
    if (operand.file !== 'general') throw new Error(`${operand.file} registers are not written in regions`);
    if (!operand.highByte) {
      this.setRegister(operand.index, operand.width as Width, value);
      return;
    }
    const { code } = this;
    const local = code.registers[operand.index];
    code.changed.add(operand.index);
    const byte = shl(and(wrap(value), i32Const(0xff)), i32Const(8));
    code.f.set(local, or(and(code.f.get(local), i32Const(~0xff00)), byte));
    code.notes.registerSet(operand.index);
  }

  register(index: number, width: Width): Integer {
    const whole = this.code.f.get(this.code.registers[index]);
    if (width === 64) throw new Error('64-bit registers are not kept in regions yet');
    return width === 32 ? whole : and(whole, i32Const(2 ** width - 1));
  }

  setRegister(index: number, width: Width, value: Integer): void {
    const { code } = this;
    const local = code.registers[index];
    code.changed.add(index);
    if (width === 32) {
      const whole = wrap(value);
      code.f.set(local, whole);
      code.notes.registerSet(index, whole.code);
      return;
    }
    const mask = 2 ** width - 1;
    const kept = and(code.f.get(local), i32Const(~mask));
    code.f.set(local, or(kept, and(wrap(value), i32Const(mask))));
    code.notes.registerSet(index);
  }

  /** Effective address. */
  offset(operand: MemoryOperand): I32 {
    const { f, registers } = this.code;
    let offset: I32 | undefined;
    const plus = (value: I32): void => {
      offset = offset === undefined ? value : add(offset, value);
    };
    if (operand.base >= 0) plus(f.get(registers[operand.base]));
    if (operand.index >= 0) plus(shl(f.get(registers[operand.index]), i32Const(operand.scale)));
    const all = offset === undefined ? i32Const(operand.displacement) : add(offset, i32Const(operand.displacement));
    return operand.addressSize === 16 ? and(all, i32Const(0xffff)) : all;
  }

  /** @param displacement added to the effective address, within the address size */
  address(operand: MemoryOperand, displacement: I32): RegionAddress {
    let offset = add(this.offset(operand), displacement);
    if (operand.addressSize === 16 && displacement !== ZERO) offset = and(offset, i32Const(0xffff));
    return {
      ...this.location(operand.segment, this.code.let(offset)),
      group: groupOf(operand),
    };
  }

  location(segment: SegmentChoice, offset: I32): RegionAddress {
    const { segmentOverride } = this.code.site.instruction;
    const number = segment === 'data' ? (segmentOverride >= 0 ? segmentOverride : DS) : segment;
    // Of the segments that are flat in a flat mode CS still has to be checked: it may not be written.
    const isFlat = this.mode.isFlat && number !== CS && number < FS;
    const group = number === SS ? STACK_GROUP : SEGMENT_NAMES[number];
    if (isFlat) return { offset, isFlat, segment: undefined, group };
    return { offset, isFlat, segment: i32Const(this.code.cpu + segmentOffset(number)), group };
  }
}

/** Accesses by the same registers are likely to be near each other. */
function groupOf({ base, index, segment }: MemoryOperand): string {
  if (segment === SS && base === RSP && index < 0) return STACK_GROUP;
  const registers = [base, index].filter((register) => register >= 0).map((register) => REGISTER_NAMES[register]);
  return `${SEGMENT_NAMES[segment]}:${registers.join('+')}`;
}
