import type { Encoding } from '../../src-main/engine/isa/Encoding.ts';
import { operandShape } from '../../src-main/engine/isa/OperandCode.ts';
import { FLAG } from '../../src-main/engine/state/flags.ts';
import { RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP } from '../../src-main/engine/state/layout.ts';
import { encodeRow } from '../support/engine/encodeRow.ts';
import { EDGES, type Random } from '../support/engine/Random.ts';
import { computesFloats, randomMxcsr, randomNumbers, readsDoubles } from './floatState.ts';
import { PLACE, SELECTOR, type OracleCase } from './OracleCase.ts';
import { DEFAULT_MXCSR, hasVectors, type VectorChoice } from './vectorState.ts';

export interface Variant {
  readonly name: string;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly isMemory: boolean;
  readonly lock: boolean;
}

const STATUS = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.OF | FLAG.DF;
const AMD_MISALIGNMENT = 1 << 17;
const CS_PREFIX = 0x2e,
  DS_PREFIX = 0x3e;
const SEGMENT_PREFIXES = [0x26, CS_PREFIX, 0x36, DS_PREFIX, 0x64, 0x65];
/** Loadable at privilege level 3, or refused with a known error code. */
const DATA_SELECTORS = [SELECTOR.data, SELECTOR.data, SELECTOR.data - 1, SELECTOR.code, 0, 3, SELECTOR.kernelData];
const CODE_SELECTORS = [SELECTOR.code, SELECTOR.code, SELECTOR.code, SELECTOR.data, SELECTOR.kernelCode, 0];
const BASES_16 = [RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX];
const INDEXES_16 = [RSI, RDI, RSI, RDI, -1, -1, -1, -1];
/** Registers and processor state for privileged moves: those that exist on all processors. */
const CONTROL_NUMBERS = [0, 2, 3, 4];
const DEBUG_NUMBERS = [0, 1, 2, 3, 6, 7];

/** Makes one random instance of an encoding, with a state in which its accesses and jumps land where they may. */
export class CaseBuilder {
  private readonly row: Encoding;
  private readonly variant: Variant;
  private readonly random: Random;
  private readonly registers: number[];
  private readonly pokes: [number, number][] = [];
  private readonly isLow: boolean;
  /** Bytes of displacements and immediates that matter; the rest is random. */
  private queue: number[] = [];
  private effectiveAddress = 0;
  /** Registers that the address is made of, not to be changed any more. */
  private readonly fixed = new Set<number>();
  private mod = 3;
  /** The choices made lead to an undefined result. */
  private isUsable = true;
  private reg: number;
  private rm: number;
  private sib = 0;

  constructor(row: Encoding, variant: Variant, random: Random) {
    this.row = row;
    this.variant = variant;
    this.random = random;
    this.registers = Array.from({ length: 8 }, () => (random.chance(45) ? random.pick(EDGES) : random.word()));
    this.registers[RSP] = PLACE.highWindow + 0x180 + random.below(0x80);
    // A 16-bit jump ends below 64 KiB.
    this.isLow = variant.operandSize === 16 && (row.flow !== 'next' || /^(iret|retf)/.test(row.mnemonic));
    this.reg = random.below(8);
    this.rm = random.below(8);
  }

  /** undefined when chance led to a case that hardware need not agree on. */
  build(): OracleCase | undefined {
    const { row, variant, random } = this;
    this.chooseRegisters();
    if (variant.isMemory) this.addressMemory();
    this.prepareState();
    if (!this.isUsable) return undefined;
    const bytes = this.encode();
    return {
      row: row.name,
      variant: variant.name,
      bytes,
      isLow: this.isLow,
      seed: random.below(256),
      registers: this.registers.map((value) => value >>> 0),
      flags: 2 | FLAG.IF | (random.word() & STATUS),
      pokes: this.pokes,
      ...this.vectors(),
    };
  }

  private vectors(): { vectors?: VectorChoice } {
    const { row, random } = this;
    if (!hasVectors(row)) return {};
    const seed = random.below(0x1_0000);
    if (!computesFloats(row)) return { vectors: { contents: 'anything', seed, mxcsr: DEFAULT_MXCSR } };
    // Now and then the numbers are of the other format, which are odd ones in this.
    const parity = readsDoubles(row) === random.chance(90) ? 1 : 0;
    return { vectors: { contents: 'numbers', seed: (seed & ~1) | parity, mxcsr: randomMxcsr(random) } };
  }

  private chooseRegisters(): void {
    const { row, random } = this;
    const place = row.operands.map((code) => operandShape(code));
    if (place.some(({ place: at, file }) => at === 'reg' && file === 'segment')) this.reg = random.below(6);
    if (place.some(({ file }) => file === 'control')) this.reg = random.pick(CONTROL_NUMBERS);
    if (place.some(({ file }) => file === 'debug')) this.reg = random.pick(DEBUG_NUMBERS);
    // The stack pointer is no jump target.
    if (/Indirect/.test(row.semantics) && this.rm === RSP) this.rm = RBX;
  }

  /** Chooses an address form and solves it for an address in the window. */
  private addressMemory(): void {
    const { random, registers } = this;
    const is16 = this.variant.addressSize === 16;
    const window = is16 || random.chance(20) ? PLACE.lowWindow : PLACE.highWindow;
    const offset = random.chance(25) ? 0x200 - 1 - random.below(8) : 0x100 + random.below(0x200);
    this.effectiveAddress = window + offset;
    // Most vectors have to lie on a boundary.
    if (hasVectors(this.row) && random.chance(70)) this.effectiveAddress &= ~15;
    this.mod = random.below(3);
    if (is16) this.solve16();
    else this.solve32();
    this.registers.forEach((value, index) => (registers[index] = value >>> 0));
  }

  private solve16(): void {
    const { random, registers, rm } = this;
    if (this.mod === 0 && rm === 6) {
      this.queue.push(...littleEndian(this.effectiveAddress, 2));
      return;
    }
    const displacement = this.displacement(16);
    const base = BASES_16[rm],
      index = INDEXES_16[rm];
    let rest = this.effectiveAddress - displacement;
    this.fixed.add(base).add(index);
    if (index >= 0) {
      registers[index] = random.word();
      rest -= registers[index];
    }
    registers[base] = ((random.word() & 0xffff_0000) | (rest & 0xffff)) >>> 0;
  }

  private solve32(): void {
    const { random, registers } = this;
    const hasSib = this.rm === 4;
    let base = this.rm,
      index = -1,
      scale = 0;
    if (hasSib) {
      this.sib = random.below(256);
      base = this.sib & 7;
      index = (this.sib >> 3) & 7;
      scale = this.sib >> 6;
      if (index === 4) index = -1;
    }
    this.fixed.add(index);
    if (this.mod === 0 && base === 5) {
      if (index >= 0) registers[index] = random.word();
      const scaled = index >= 0 ? Math.imul(registers[index], 1 << scale) : 0;
      this.queue.push(...littleEndian(this.effectiveAddress - scaled, 4));
      return;
    }
    this.fixed.add(base);
    const rest = (this.effectiveAddress - this.displacement(32)) >>> 0;
    if (index === base) {
      registers[base] = Math.floor(rest / (1 + (1 << scale)));
      this.effectiveAddress -= rest % (1 + (1 << scale));
      return;
    }
    if (index >= 0) registers[index] = random.chance(50) ? random.below(64) : random.word();
    const scaled = index >= 0 ? Math.imul(registers[index], 1 << scale) : 0;
    registers[base] = (rest - scaled) >>> 0;
  }

  /** The displacement of the chosen mod, queued. Wide ones stay positive sums when base and index are one register. */
  private displacement(size: 16 | 32): number {
    if (this.mod === 0) return 0;
    const value = this.mod === 1 ? this.random.below(256) - 128 : this.random.below(0x1000) - 0x800;
    this.queue.push(...littleEndian(value, this.mod === 1 ? 1 : size / 8));
    return value;
  }

  /** What single instructions need beyond an address. */
  private prepareState(): void {
    const { row, random, registers, variant } = this;
    const bytes = variant.operandSize / 8;
    switch (row.semantics) {
      case 'bt':
      case 'bts':
      case 'btr':
      case 'btc':
        this.prepareBitIndex();
        break;
      case 'div':
      case 'idiv':
        if (random.chance(60) && !this.fixed.has(RDX)) registers[RDX] = random.chance(50) ? 0 : 0xffff_ffff;
        break;
      case 'shld':
      case 'shrd':
        this.prepareDoubleShift();
        break;
      case 'pushSegment':
        // The manual leaves open whether the upper half is written: AMD's processors do (SDM vol. 2B, PUSH).
        this.pokeStack(0, -4);
        break;
      case 'cmpxchg':
        if (random.chance(50) && variant.isMemory) this.pokeAddress(registers[RAX]);
        break;
      case 'cmpxchg8b':
        if (random.chance(50)) {
          this.pokeAddress(registers[RAX]);
          this.pokeAddress(registers[RDX], 4);
        }
        break;
      case 'enter':
        registers[RBP] = PLACE.highWindow + 0x200 + random.below(0x80);
        this.queue.push(random.below(256), 0, random.pick([0, 0, 1, 2, 3, 31, 32 + 4]));
        break;
      case 'leave':
        registers[RBP] = PLACE.highWindow + 0x100 + random.below(0x120);
        break;
      case 'bound':
        if (random.chance(50)) this.pokeAddress(random.below(0x100) * 0x1_0001);
        break;
      case 'maskmovq':
      case 'maskmovdqu':
        this.prepareString(RDI);
        break;
      case 'xlat':
        this.prepareString(RBX);
        registers[RBX] -= variant.addressSize === 16 ? 0 : registers[RAX] & 0xff;
        break;
      case 'loop':
      case 'loope':
      case 'loopne':
      case 'jcxz':
        if (random.chance(60)) registers[RCX] = random.pick([0, 1, 2, 0x1_0000, 0x1_0001]);
        break;
      case 'movSegmentTo':
        this.prepareOperand(random.pick(DATA_SELECTORS), 2);
        break;
      case 'popSegment':
        this.pokeStack(random.pick(DATA_SELECTORS));
        break;
      case 'loadFarPointer':
        this.pokeAddress(random.word());
        this.pokeAddress(random.pick(DATA_SELECTORS), bytes);
        break;
      case 'lar':
      case 'lsl':
      case 'verr':
      case 'verw':
        this.prepareOperand(random.pick([...DATA_SELECTORS, SELECTOR.kernelCode]), 2);
        break;
      case 'popf':
        this.pokeStack(this.flagImage());
        break;
      case 'int':
        this.queue.push(random.pick([0, 1, 3, 4, 13, 0x21, 0x7f, 0x81, 0xff]));
        break;
    }
    if (row.repeat !== 'none') this.prepareStrings();
    if (variant.isMemory && computesFloats(row)) this.prepareNumbers();
    this.prepareOffset();
    this.prepareTransfer();
  }

  private prepareNumbers(): void {
    const { row, random } = this;
    if (row.mnemonic === 'ldmxcsr') {
      // Of the reserved bits AMD's processors have one, which forgives misaligned operands.
      const reserved = random.chance(20) ? (random.word() << 16) & ~AMD_MISALIGNMENT : 0;
      this.pokeAddress(randomMxcsr(random) | reserved);
      return;
    }
    const view = new DataView(randomNumbers(random, 1, readsDoubles(row)).buffer);
    for (let at = 0; at < 16; at += 4) this.pokeAddress(view.getUint32(at, true), at);
  }

  /** Of 16-bit operands, counts above 16 give undefined results, which the table does not know (SDM vol. 2B, SHLD). */
  private prepareDoubleShift(): void {
    const { registers, random, row, variant } = this;
    if (variant.operandSize === 32) return;
    if (row.operands.includes('Ib')) this.queue.push(random.below(17) | (random.below(8) << 5));
    else if (!this.fixed.has(RCX)) registers[RCX] = (registers[RCX] & ~0x1f) | random.below(17);
    else if ((registers[RCX] & 31) > 16) this.isUsable = false;
  }

  private prepareBitIndex(): void {
    if (!this.variant.isMemory || !this.row.operands.includes('Gv')) return;
    // A register that has no part in the address; bit offsets stay within the data.
    this.reg = [RAX, RCX, RDX, RSP].find((register) => !this.fixed.has(register)) ?? RAX;
    const bits = this.random.below(0x1000) - 0x800;
    const upper = this.random.word() & 0xffff_0000;
    this.registers[this.reg] = (this.variant.operandSize === 16 ? upper | (bits & 0xffff) : bits) >>> 0;
  }

  private prepareStrings(): void {
    const { random, registers } = this;
    this.prepareString(RSI);
    this.prepareString(RDI);
    if (random.chance(25)) registers[RDI] = registers[RSI];
    const upper = this.variant.addressSize === 16 ? random.word() & 0xffff_0000 : 0;
    registers[RCX] = (upper | random.below(16)) >>> 0;
  }

  private prepareString(register: number): void {
    const { random } = this;
    const is16 = this.variant.addressSize === 16;
    const offset = 0x180 + random.below(0x100);
    const upper = is16 ? random.word() & 0xffff_0000 : 0;
    const window = is16 ? PLACE.lowWindow : PLACE.highWindow;
    this.registers[register] = (upper | (window + offset)) >>> 0;
    if (is16 && register === RBX) this.registers[register] -= this.registers[RAX] & 0xff;
  }

  private prepareOffset(): void {
    if (!this.row.operands.some((code) => code.startsWith('O'))) return;
    const is16 = this.variant.addressSize === 16;
    const address = (is16 ? PLACE.lowWindow : PLACE.highWindow) + 0x100 + this.random.below(0x200);
    this.queue.push(...littleEndian(address, is16 ? 2 : 4));
  }

  /** Jumps, calls and returns lead to an INT3 in their own page of code. */
  private prepareTransfer(): void {
    const { row, random, variant } = this;
    const bytes = variant.operandSize / 8;
    const target = this.codeTarget();
    switch (row.semantics) {
      case 'jmpNearIndirect':
      case 'callNearIndirect':
        this.prepareOperand(target, 4);
        break;
      case 'retNear':
        this.pokeStack(target);
        break;
      case 'jmpFarIndirect':
      case 'callFarIndirect':
        this.pokeAddress(target);
        this.pokeAddress(random.pick(CODE_SELECTORS), bytes);
        break;
      case 'retFar':
        this.pokeStack(target);
        this.pokeStack(random.pick(CODE_SELECTORS), bytes);
        break;
      case 'iret':
        this.pokeStack(target);
        this.pokeStack(random.pick(CODE_SELECTORS), bytes);
        this.pokeStack(this.flagImage(), 2 * bytes);
        break;
      case 'jmpFar':
      case 'callFar':
        this.queue.push(...littleEndian(target, bytes), ...littleEndian(random.pick(CODE_SELECTORS), 2));
        break;
      case 'jcc':
      case 'jmpNear':
      case 'callNear':
      case 'loop':
      case 'loope':
      case 'loopne':
      case 'jcxz':
        this.queue.push(...this.relative());
        break;
    }
  }

  private relative(): number[] {
    const isByte = this.row.operands[0] === 'Jb';
    const distance = 0x10 + this.random.below(isByte ? 0x60 : 0x700);
    return littleEndian(
      this.random.chance(50) ? distance : -distance - 0x10,
      isByte ? 1 : this.variant.operandSize / 8,
    );
  }

  private codeTarget(): number {
    const page = this.isLow ? PLACE.lowCode : PLACE.highCode;
    return page + this.random.below(0x7f0) + (this.random.chance(50) ? 0 : 0x810);
  }

  private flagImage(): number {
    return (this.random.word() & (STATUS | FLAG.IF | FLAG.IOPL)) | 2;
  }

  /** Gives the r/m operand a value. */
  private prepareOperand(value: number, bytes: 2 | 4): void {
    if (this.variant.isMemory) this.pokeAddress(value);
    else if (bytes === 4) this.registers[this.rm] = value >>> 0;
    else this.registers[this.rm] = ((this.registers[this.rm] & 0xffff_0000) | value) >>> 0;
  }

  private pokeAddress(value: number, displacement = 0): void {
    this.poke(this.effectiveAddress + displacement, value);
  }

  private pokeStack(value: number, displacement = 0): void {
    this.poke(this.registers[RSP] + displacement, value);
  }

  private poke(address: number, value: number): void {
    const window = address < 0x1_0000 ? PLACE.lowWindow : PLACE.highWindow;
    this.pokes.push([address - window, value >>> 0]);
  }

  /** AMD's processors look at the segment of MASKMOVQ whatever the mask is, and change the x87 before they fault. */
  private segmentPrefix(): number {
    const prefix = this.random.pick(SEGMENT_PREFIXES);
    return prefix === CS_PREFIX && /^maskmov/.test(this.row.mnemonic) ? DS_PREFIX : prefix;
  }

  private encode(): Uint8Array {
    const { row, variant, random } = this;
    const prefixes: number[] = [];
    const isOneByte = row.opcode[0] !== 0x0f && row.mandatoryPrefix === 0;
    if (variant.lock) prefixes.push(0xf0);
    if (random.chance(15)) prefixes.push(this.segmentPrefix());
    // F2 and F3 make other instructions of many two-byte opcodes and of NOP; before LOOPE some processors look at them.
    const isIgnored = isOneByte && row.opcode[0] !== 0x90 && row.flow === 'next';
    if (row.repeat !== 'none' ? random.chance(60) : isIgnored && random.chance(5)) {
      prefixes.push(random.pick([0xf2, 0xf3]));
    }
    const bytes = encodeRow(row, {
      codeSize: 32,
      operandSize: variant.operandSize,
      addressSize: variant.addressSize,
      mod: variant.isMemory ? this.mod : 3,
      reg: this.reg,
      rm: this.rm,
      sib: this.sib,
      nextByte: () =>
        this.queue.shift() ?? (random.chance(40) ? random.pick([0, 1, 0x7f, 0x80, 0xff, 0x1f]) : random.below(256)),
    });
    return Uint8Array.from([...prefixes, ...bytes]);
  }
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, at) => (value >> (8 * at)) & 0xff);
}
