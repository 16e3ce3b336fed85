import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte, readFlag, readNumber } from '../snapshot.ts';

/** Which initialisation word the next write to the data port is; `ready`: none. */
const INIT_STEPS = ['ready', 'icw2', 'icw3', 'icw4'] as const;
type InitStep = (typeof INIT_STEPS)[number];

/** ELCR bits that a chip lets the guest set: timer, keyboard, cascade, RTC and FPU are always edge triggered. */
export const ELCR_MASTER = 0xf8;
export const ELCR_SLAVE = 0xde;

/** What becomes of requests at one of a chip's inputs. */
export interface PicInput {
  readonly vector: number;
  readonly isAsserted: boolean;
  readonly isMasked: boolean;
  readonly isRequested: boolean;
  readonly isInService: boolean;
  /** Times that it was taken into service since the machine was made. */
  readonly taken: number;
}

/**
 * One 8259A programmable interrupt controller (Intel 8259A datasheet, order 231468), with the edge/level
 * register that EISA and PCI chipsets add for it (82374EB datasheet, ELCR).
 *
 * Offset 0: write with bit 4 set: ICW1; bits 4..3 = 0: OCW2; bits 4..3 = 1: OCW3. Read: IRR, ISR or poll.
 * Offset 1: write: ICW2..4 while initialising, else OCW1 (mask). Read: mask.
 * Offset 2: ELCR, one bit per input: 1 level, 0 edge.
 *
 * - ICW1: bit 0 IC4 (ICW4 follows), bit 1 SNGL (no ICW3), bit 3 LTIM (all inputs level), bit 4 one
 * - ICW2: bits 7..3 of the vector
 * - ICW3: master: inputs with a slave; slave: its number
 * - ICW4: bit 1 AEOI, bits 3..2 buffered mode (no effect here), bit 4 SFNM; bit 0 (8086 mode) is taken as set
 * - OCW2: bits 7..5 command, bits 2..0 level: 001 EOI, 011 specific EOI, 101 rotating EOI, 111 rotating specific
 *   EOI, 100/000 rotate in AEOI mode on/off, 110 set priority
 * - OCW3: bits 1..0 10 read IRR, 11 read ISR; bit 2 poll; bits 6..5 10 special mask off, 11 on
 *
 * An edge-triggered request whose input falls before it is acknowledged is withdrawn, as the datasheet's
 * input latch does; an acknowledge that finds no request yields level 7 and sets no in-service bit.
 */
export class Pic8259 implements BusDevice {
  readonly id: string;
  /** INT changed: called with the new level. */
  onOutput: ((isAsserted: boolean) => void) | undefined;
  private readonly elcrMask: number;

  /** Input levels, one bit each. */
  private lines = 0;
  private irr = 0;
  private isr = 0;
  private imr = 0;
  private elcr = 0;
  private levelTriggered = false;
  private vectorBase = 0;
  private icw3 = 0;
  private isSingle = false;
  private isIcw4Needed = false;
  private initStep: InitStep = 'ready';
  /** The chip does nothing before its first initialisation. */
  private isInitialised = false;
  private isAutoEoi = false;
  private isRotatingInAutoEoi = false;
  private isSpecialMask = false;
  private isSpecialFullyNested = false;
  private isReadingIsr = false;
  private isPolled = false;
  /** Level with the lowest priority; the one after it has the highest. */
  private lowestPriority = 7;
  private output = false;
  /** For whoever looks: no part of the chip's state. */
  private readonly takenCounts = new Float64Array(8);

  constructor(id: string, elcrMask: number) {
    this.id = id;
    this.elcrMask = elcrMask;
  }

  /** INT is asserted. */
  get isAsserted(): boolean {
    return this.output;
  }

  /** Some input could still raise INT: the chip is initialised and not all of them are masked. */
  get canInterrupt(): boolean {
    return this.isInitialised && this.initStep === 'ready' && this.imr !== 0xff;
  }

  /** Input `level` is initialised and not masked. */
  isEnabled(level: number): boolean {
    return this.canInterrupt && (this.imr & (1 << level)) === 0;
  }

  setLine(level: number, isAsserted: boolean): void {
    const bit = 1 << level;
    const was = (this.lines & bit) !== 0;
    if (isAsserted === was) return;
    this.lines ^= bit;
    if (isAsserted) this.irr |= bit;
    else this.irr &= ~bit;
    this.update();
  }

  /** INTA: takes the highest request into service. Returns its level, or -1 when there is none (spurious, level 7). */
  acknowledge(): number {
    const level = this.highestRequest();
    if (level < 0) return -1;
    this.takeIntoService(level);
    return level;
  }

  input(level: number): PicInput {
    const bit = 1 << level;
    return {
      vector: this.vectorOf(level),
      isAsserted: (this.lines & bit) !== 0,
      isMasked: !this.isEnabled(level),
      isRequested: (this.irr & bit) !== 0,
      isInService: (this.isr & bit) !== 0,
      taken: this.takenCounts[level] ?? 0,
    };
  }

  /** The vector that this chip puts on the bus for a level. */
  vectorOf(level: number): number {
    return this.vectorBase | level;
  }

  read(offset: number): number {
    if (this.isPolled && offset < 2) {
      this.isPolled = false;
      const level = this.acknowledge();
      return level < 0 ? 0 : 0x80 | level;
    }
    switch (offset) {
      case 0:
        return this.isReadingIsr ? this.isr : this.irr;
      case 1:
        return this.imr;
      case 2:
        return this.elcr;
      default:
        return 0xff;
    }
  }

  write(offset: number, _width: number, value: number): void {
    if (offset === 2) this.elcr = value & this.elcrMask;
    else if (offset === 1) this.writeData(value);
    else if (value & 0x10) this.initialise(value);
    else if (value & 0x08) this.writeOcw3(value);
    else this.writeOcw2(value);
    this.refreshLevels();
    this.update();
  }

  reset(): void {
    this.initialise(0);
    this.initStep = 'ready';
    this.isInitialised = false;
    this.elcr = 0;
    this.vectorBase = 0;
    this.icw3 = 0;
    this.isAutoEoi = false;
    this.isSpecialFullyNested = false;
    this.update();
  }

  save(): DeviceState {
    return {
      version: 1,
      lines: this.lines,
      irr: this.irr,
      isr: this.isr,
      imr: this.imr,
      elcr: this.elcr,
      levelTriggered: this.levelTriggered,
      vectorBase: this.vectorBase,
      icw3: this.icw3,
      isSingle: this.isSingle,
      isIcw4Needed: this.isIcw4Needed,
      initStep: INIT_STEPS.indexOf(this.initStep),
      isInitialised: this.isInitialised,
      isAutoEoi: this.isAutoEoi,
      isRotatingInAutoEoi: this.isRotatingInAutoEoi,
      isSpecialMask: this.isSpecialMask,
      isSpecialFullyNested: this.isSpecialFullyNested,
      isReadingIsr: this.isReadingIsr,
      isPolled: this.isPolled,
      lowestPriority: this.lowestPriority,
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.lines = readByte(state, 'lines');
    this.irr = readByte(state, 'irr');
    this.isr = readByte(state, 'isr');
    this.imr = readByte(state, 'imr');
    this.elcr = readByte(state, 'elcr');
    this.levelTriggered = readFlag(state, 'levelTriggered');
    this.vectorBase = readByte(state, 'vectorBase');
    this.icw3 = readByte(state, 'icw3');
    this.isSingle = readFlag(state, 'isSingle');
    this.isIcw4Needed = readFlag(state, 'isIcw4Needed');
    this.initStep = INIT_STEPS[readNumber(state, 'initStep', 0, 3)] ?? 'ready';
    this.isInitialised = readFlag(state, 'isInitialised');
    this.isAutoEoi = readFlag(state, 'isAutoEoi');
    this.isRotatingInAutoEoi = readFlag(state, 'isRotatingInAutoEoi');
    this.isSpecialMask = readFlag(state, 'isSpecialMask');
    this.isSpecialFullyNested = readFlag(state, 'isSpecialFullyNested');
    this.isReadingIsr = readFlag(state, 'isReadingIsr');
    this.isPolled = readFlag(state, 'isPolled');
    this.lowestPriority = readNumber(state, 'lowestPriority', 0, 7);
    this.update();
  }

  private initialise(icw1: number): void {
    this.isIcw4Needed = (icw1 & 1) !== 0;
    this.isSingle = (icw1 & 2) !== 0;
    this.levelTriggered = (icw1 & 8) !== 0;
    this.irr = 0;
    this.isr = 0;
    this.imr = 0;
    this.lowestPriority = 7;
    this.isSpecialMask = false;
    this.isReadingIsr = false;
    this.isPolled = false;
    this.isRotatingInAutoEoi = false;
    if (!this.isIcw4Needed) {
      this.isAutoEoi = false;
      this.isSpecialFullyNested = false;
    }
    this.initStep = 'icw2';
    this.isInitialised = false;
  }

  private writeData(value: number): void {
    switch (this.initStep) {
      case 'ready':
        this.imr = value;
        return;
      case 'icw2':
        this.vectorBase = value & 0xf8;
        this.initStep = this.isSingle ? this.stepAfterIcw3() : 'icw3';
        break;
      case 'icw3':
        this.icw3 = value;
        this.initStep = this.stepAfterIcw3();
        break;
      case 'icw4':
        this.isAutoEoi = (value & 2) !== 0;
        this.isSpecialFullyNested = (value & 0x10) !== 0;
        this.initStep = 'ready';
        break;
    }
    this.isInitialised = this.initStep === 'ready';
  }

  private stepAfterIcw3(): InitStep {
    return this.isIcw4Needed ? 'icw4' : 'ready';
  }

  private writeOcw2(value: number): void {
    const command = value >> 5;
    const isSpecific = (command & 2) !== 0;
    const isRotating = (command & 4) !== 0;
    if (command & 1) {
      const level = isSpecific ? value & 7 : this.highestInService();
      if (level < 0) return;
      this.isr &= ~(1 << level);
      if (isRotating) this.lowestPriority = level;
    } else if (isSpecific) {
      if (isRotating) this.lowestPriority = value & 7;
    } else {
      this.isRotatingInAutoEoi = isRotating;
    }
  }

  private writeOcw3(value: number): void {
    if (value & 0x40) this.isSpecialMask = (value & 0x20) !== 0;
    if (value & 0x04) this.isPolled = true;
    else if (value & 0x02) this.isReadingIsr = (value & 0x01) !== 0;
  }

  private takeIntoService(level: number): void {
    const bit = 1 << level;
    this.takenCounts[level] = (this.takenCounts[level] ?? 0) + 1;
    if (!this.isLevel(level)) this.irr &= ~bit;
    if (!this.isAutoEoi) this.isr |= bit;
    else if (this.isRotatingInAutoEoi) this.lowestPriority = level;
    this.update();
  }

  private isLevel(level: number): boolean {
    return this.levelTriggered || (this.elcr & (1 << level)) !== 0;
  }

  /** A level-triggered request is its input. */
  private refreshLevels(): void {
    const levels = this.levelTriggered ? 0xff : this.elcr;
    this.irr |= this.lines & levels;
  }

  /** The level that INT stands for, or -1: the unmasked request that nothing in service outranks. */
  private highestRequest(): number {
    if (!this.isInitialised) return -1;
    const requests = this.irr & ~this.imr;
    if (requests === 0) return -1;
    for (let i = 1; i <= 8; i++) {
      const level = (this.lowestPriority + i) & 7;
      const bit = 1 << level;
      if (requests & bit && !(this.isr & bit && this.blocksItself(bit))) return level;
      if (this.isr & bit && !this.isTransparent(bit)) return -1;
    }
    return -1;
  }

  /** A level in service holds off its own next request, but for a slave's input in special fully nested mode. */
  private blocksItself(bit: number): boolean {
    if (this.isSpecialFullyNested && this.icw3 & bit) return false;
    return true;
  }

  /** In special mask mode a level in service that is masked holds nothing off. */
  private isTransparent(bit: number): boolean {
    return this.isSpecialMask && (this.imr & bit) !== 0;
  }

  /** What a non-specific EOI ends. */
  private highestInService(): number {
    const candidates = this.isSpecialMask ? this.isr & ~this.imr : this.isr;
    for (let i = 1; i <= 8; i++) {
      const level = (this.lowestPriority + i) & 7;
      if (candidates & (1 << level)) return level;
    }
    return -1;
  }

  private update(): void {
    const isAsserted = this.highestRequest() >= 0;
    if (isAsserted === this.output) return;
    this.output = isAsserted;
    this.onOutput?.(isAsserted);
  }
}
