import type { AccessWidth, InterruptSource } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, TimerService } from '../BusDevice.ts';
import { checkVersion, readBytes, readFlag, readNumber, readObject } from '../snapshot.ts';
import { type ApicMessage, DELIVERY } from './ApicMessage.ts';
import { ApicTimer } from './ApicTimer.ts';
import {
  APIC_BYTES,
  BASE_ENABLE,
  COMMAND_WRITABLE,
  LOCAL_APIC_ADDRESS,
  ERROR,
  FIRST_LEGAL_VECTOR,
  FLAT_MODEL,
  LVT,
  LVT_COUNT,
  LVT_MASKED,
  LVT_PERIODIC,
  LVT_WRITABLE,
  REGISTER,
  SHORTHAND,
  SOFTWARE_ENABLE,
  VERSION,
  isReadOnly,
  lvtIndex,
} from './localApicRegisters.ts';
import { PendingInterrupts } from './PendingInterrupts.ts';

/** The processor that an APIC belongs to. */
export interface ApicProcessor {
  notifyInterrupt(): void;
  requestNmi(): void;
}

export interface LocalApicWiring {
  readonly timers: TimerService;
  /** The 8259 pair, wired to LINT0. */
  readonly pic: InterruptSource;
  readonly processor: ApicProcessor;
  /** To the APICs that the message names, its sender perhaps among them. */
  send(message: ApicMessage, from: LocalApic, shorthand: 'none' | 'all' | 'others'): void;
  /** A level-triggered interrupt has been serviced: I/O APICs may ask again. */
  broadcastEndOfInterrupt(vector: number): void;
}

/**
 * A processor's local APIC (SDM vol. 3A, chapter 11): xAPIC mode, no TSC deadline, no EOI-broadcast suppression.
 *
 * At reset the bootstrap processor's LINT0 stands in virtual wire mode (external interrupts from the 8259), as
 * firmware leaves it: a machine without firmware starts its program at once.
 */
export class LocalApic implements BusDevice, InterruptSource {
  readonly id: string;
  /** Initial APIC id. */
  readonly number: number;
  private readonly wiring: LocalApicWiring;
  private readonly timer: ApicTimer;
  private readonly interrupts: PendingInterrupts;
  private readonly lvt = new Uint32Array(LVT_COUNT);
  private base = LOCAL_APIC_ADDRESS;
  private isEnabled = true;
  private apicId = 0;
  private logicalDestination = 0;
  private destinationFormat = 0xffff_ffff;
  private spurious = 0xff;
  private commandLow = 0;
  private commandHigh = 0;
  private errorStatus = 0;
  /** Errors since ESR was last written. */
  private errors = 0;

  constructor(number: number, wiring: LocalApicWiring) {
    this.id = `lapic${number}`;
    this.number = number;
    this.wiring = wiring;
    this.interrupts = new PendingInterrupts(() => wiring.processor.notifyInterrupt());
    this.timer = new ApicTimer(wiring.timers, () => this.raiseLocal(LVT.timer));
    this.reset();
  }

  /** Its registers answer at this address. */
  answers(physicalAddress: number): boolean {
    return this.isEnabled && physicalAddress >= this.base && physicalAddress < this.base + APIC_BYTES;
  }

  get baseAddress(): number {
    return this.base;
  }

  /** IA32_APIC_BASE was written. Disabling resets the APIC (11.4.3); its bus sees no more messages. */
  setBase(low: number, high: number): void {
    const wasEnabled = this.isEnabled;
    this.base = (high & 0xf) * 2 ** 32 + ((low & ~0xfff) >>> 0);
    this.isEnabled = (low & BASE_ENABLE) !== 0;
    if (wasEnabled !== this.isEnabled) this.resetRegisters();
    this.wiring.processor.notifyInterrupt();
  }

  /** Arbitration: who takes a lowest-priority message. */
  get priority(): number {
    return this.interrupts.processorPriority;
  }

  /** Matches a message's destination (11.6.2); only while its owner has not switched it off. */
  isAddressed({ isLogical, destination }: ApicMessage): boolean {
    if (!this.isEnabled) return false;
    if (!isLogical) return destination === 0xff || destination === this.apicId;
    const own = this.logicalDestination >>> 24;
    if (this.destinationFormat >>> 28 === FLAT_MODEL) return (own & destination) !== 0;
    if (destination === 0xff) return true;
    return own >>> 4 === destination >>> 4 && (own & destination & 0xf) !== 0;
  }

  /** Fixed and lowest-priority interrupts are taken by software-enabled APICs alone. */
  get takesInterrupts(): boolean {
    return this.isEnabled && this.isSoftwareEnabled;
  }

  accept({ vector, deliveryMode, isLevel }: ApicMessage): void {
    switch (deliveryMode) {
      case DELIVERY.fixed:
      case DELIVERY.lowestPriority:
        if (this.isSoftwareEnabled) this.request(vector, isLevel);
        return;
      case DELIVERY.nmi:
        this.wiring.processor.requestNmi();
        return;
    }
  }

  /** How often the processor took each vector from it, by the vector. */
  get taken(): Readonly<Float64Array> {
    return this.interrupts.taken;
  }

  // InterruptSource

  isPending(): boolean {
    return this.interrupts.deliverable >= 0 || (this.acceptsPic && this.wiring.pic.isPending());
  }

  acknowledge(): number {
    if (this.interrupts.deliverable >= 0) return this.interrupts.take();
    return this.acceptsPic && this.wiring.pic.isPending() ? this.wiring.pic.acknowledge() : this.spuriousVector;
  }

  /** Whether external interrupts of the 8259 reach the processor. */
  get acceptsPic(): boolean {
    if (!this.isEnabled) return true;
    const lint0 = this.lvt[LVT.lint0] ?? 0;
    return (lint0 & LVT_MASKED) === 0 && ((lint0 >>> 8) & 7) === DELIVERY.external;
  }

  // BusDevice

  read(offset: number, width: AccessWidth): number {
    const value = this.readRegister(offset & ~0xf);
    const shift = 8 * (offset & 0xf);
    if (shift > 24) return 0;
    return width === 4 ? value >>> shift : (value >>> shift) & (width === 2 ? 0xffff : 0xff);
  }

  /** Only aligned 32-bit writes are defined (11.4.1); others change nothing. */
  write(offset: number, width: AccessWidth, value: number): void {
    if (width === 4 && (offset & 0xf) === 0) this.writeRegister(offset, value >>> 0);
  }

  reset(): void {
    this.base = LOCAL_APIC_ADDRESS;
    this.isEnabled = true;
    this.apicId = this.number;
    this.resetRegisters();
  }

  save(): DeviceState {
    return {
      version: 1,
      base: this.base,
      isEnabled: this.isEnabled,
      apicId: this.apicId,
      taskPriority: this.interrupts.taskPriority,
      logicalDestination: this.logicalDestination,
      destinationFormat: this.destinationFormat,
      spurious: this.spurious,
      commandLow: this.commandLow,
      commandHigh: this.commandHigh,
      errorStatus: this.errorStatus,
      errors: this.errors,
      lvt: [...new Uint8Array(this.lvt.buffer)],
      ...this.interrupts.save(),
      timer: this.timer.save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const word = (field: string): number => readNumber(state, field, 0, 0xffff_ffff);
    this.base = Math.floor(readNumber(state, 'base', 0, 2 ** 36 - 1) / 0x1000) * 0x1000;
    this.isEnabled = readFlag(state, 'isEnabled');
    this.apicId = word('apicId') & 0xff;
    const taskPriority = word('taskPriority') & 0xff;
    this.logicalDestination = word('logicalDestination');
    this.destinationFormat = word('destinationFormat');
    this.spurious = word('spurious') & 0x1ff;
    this.commandLow = word('commandLow') & COMMAND_WRITABLE;
    this.commandHigh = word('commandHigh');
    this.errorStatus = word('errorStatus') & 0xff;
    this.errors = word('errors') & 0xff;
    new Uint8Array(this.lvt.buffer).set(readBytes(state, 'lvt', 4 * LVT_COUNT, 4 * LVT_COUNT));
    this.timer.restore(readObject(state, 'timer'));
    this.interrupts.restore(state, taskPriority);
  }

  private get isSoftwareEnabled(): boolean {
    return (this.spurious & SOFTWARE_ENABLE) !== 0;
  }

  private get spuriousVector(): number {
    return this.spurious & 0xff;
  }

  private resetRegisters(): void {
    this.lvt.fill(LVT_MASKED);
    if (this.number === 0) this.lvt[LVT.lint0] = DELIVERY.external << 8;
    this.logicalDestination = 0;
    this.destinationFormat = 0xffff_ffff;
    this.spurious = 0xff;
    this.commandLow = 0;
    this.commandHigh = 0;
    this.errorStatus = 0;
    this.errors = 0;
    this.timer.reset();
    this.interrupts.reset();
  }

  private readRegister(register: number): number {
    switch (register) {
      case REGISTER.id:
        return (this.apicId << 24) >>> 0;
      case REGISTER.version:
        return VERSION;
      case REGISTER.taskPriority:
        return this.interrupts.taskPriority;
      case REGISTER.arbitrationPriority:
        return this.interrupts.arbitrationPriority;
      case REGISTER.processorPriority:
        return this.interrupts.processorPriority;
      case REGISTER.endOfInterrupt:
      case REGISTER.remoteRead:
        return 0;
      case REGISTER.logicalDestination:
        return this.logicalDestination;
      case REGISTER.destinationFormat:
        return this.destinationFormat;
      case REGISTER.spurious:
        return this.spurious;
      case REGISTER.errorStatus:
        return this.errorStatus;
      case REGISTER.commandLow:
        return this.commandLow;
      case REGISTER.commandHigh:
        return this.commandHigh;
      case REGISTER.initialCount:
        return this.timer.initial;
      case REGISTER.currentCount:
        return this.timer.current();
      case REGISTER.divide:
        return this.timer.divide;
    }
    const index = (register >>> 4) & 7;
    switch (register & ~0x7f) {
      case REGISTER.inService:
        return this.interrupts.inService.word(index);
      case REGISTER.triggerMode:
        return this.interrupts.levelTriggered.word(index);
      case REGISTER.request:
        return this.interrupts.requested.word(index);
    }
    const entry = lvtIndex(register);
    if (entry !== undefined) return this.lvt[entry] ?? 0;
    this.raiseError(ERROR.illegalRegister);
    return 0;
  }

  private writeRegister(register: number, value: number): void {
    switch (register) {
      case REGISTER.id:
        this.apicId = value >>> 24;
        return;
      case REGISTER.taskPriority:
        this.interrupts.taskPriority = value & 0xff;
        return;
      case REGISTER.endOfInterrupt:
        this.endInterrupt();
        return;
      case REGISTER.logicalDestination:
        this.logicalDestination = (value & 0xff00_0000) >>> 0;
        return;
      case REGISTER.destinationFormat:
        this.destinationFormat = (value | 0x0fff_ffff) >>> 0;
        return;
      case REGISTER.spurious:
        this.setSpurious(value & 0x1ff);
        return;
      case REGISTER.errorStatus:
        this.errorStatus = this.errors;
        this.errors = 0;
        return;
      case REGISTER.commandLow:
        this.commandLow = value & COMMAND_WRITABLE;
        this.sendCommand();
        return;
      case REGISTER.commandHigh:
        this.commandHigh = (value & 0xff00_0000) >>> 0;
        return;
      case REGISTER.initialCount:
        this.timer.start(value);
        return;
      case REGISTER.divide:
        this.timer.setDivide(value);
        return;
    }
    const entry = lvtIndex(register);
    if (entry !== undefined) this.setLvt(entry, value);
    else if (!isReadOnly(register)) this.raiseError(ERROR.illegalRegister);
  }

  private setLvt(entry: number, value: number): void {
    const masked = this.isSoftwareEnabled ? 0 : LVT_MASKED;
    this.lvt[entry] = (value & (LVT_WRITABLE[entry] ?? 0)) | masked;
    if (entry === LVT.timer) this.timer.setPeriodic((value & LVT_PERIODIC) !== 0);
    // The 8259 may have been waiting for LINT0 to open.
    if (entry === LVT.lint0) this.wiring.processor.notifyInterrupt();
  }

  private setSpurious(value: number): void {
    this.spurious = value;
    if (!this.isSoftwareEnabled) {
      for (let entry = 0; entry < LVT_COUNT; entry++) this.lvt[entry] = (this.lvt[entry] ?? 0) | LVT_MASKED;
    }
  }

  private sendCommand(): void {
    const vector = this.commandLow & 0xff;
    const deliveryMode = (this.commandLow >>> 8) & 7;
    const isFixed = deliveryMode === DELIVERY.fixed || deliveryMode === DELIVERY.lowestPriority;
    if (isFixed && vector < FIRST_LEGAL_VECTOR) {
      this.raiseError(ERROR.sendIllegalVector);
      return;
    }
    const message: ApicMessage = {
      vector,
      deliveryMode,
      isLogical: (this.commandLow & 0x800) !== 0,
      destination: this.commandHigh >>> 24,
      // IPIs are edge triggered but for INIT's de-assert, which does nothing since the Pentium 4.
      isLevel: false,
    };
    const shorthand = (this.commandLow >>> 18) & 3;
    if (shorthand === SHORTHAND.self) this.accept(message);
    else
      this.wiring.send(
        message,
        this,
        shorthand === SHORTHAND.all ? 'all' : shorthand === SHORTHAND.others ? 'others' : 'none',
      );
  }

  private endInterrupt(): void {
    const vector = this.interrupts.end();
    if (vector >= 0 && this.interrupts.levelTriggered.has(vector)) this.wiring.broadcastEndOfInterrupt(vector);
  }

  private request(vector: number, isLevel: boolean): void {
    if (vector < FIRST_LEGAL_VECTOR) {
      this.raiseError(ERROR.receiveIllegalVector);
      return;
    }
    this.interrupts.request(vector, isLevel);
  }

  private raiseLocal(entry: number): void {
    const value = this.lvt[entry] ?? 0;
    if (value & LVT_MASKED) return;
    if (((value >>> 8) & 7) === DELIVERY.nmi) this.wiring.processor.requestNmi();
    else this.request(value & 0xff, false);
  }

  private raiseError(error: number): void {
    const isNew = (this.errors & error) === 0;
    this.errors |= error;
    // An error entry with an illegal vector must not raise the next error for ever.
    if (isNew) this.raiseLocal(LVT.error);
  }
}
