import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import { ByteQueue } from '../ByteQueue.ts';
import { checkVersion, readByte, readBytes, readFlag, readNumber, readOptionalTime } from '../snapshot.ts';

const FIFO_DEPTH = 16;
/** Bytes that wait on the wire for the guest to take them. */
const INPUT_CAPACITY = 4096;
/** The 1.8432 MHz crystal over 16: a divisor of 1 is 115,200 baud. */
export const BAUD_BASE = 115_200;
/** Start, eight data bits, stop: close enough for every frame that the guest can choose. */
const BITS_PER_CHARACTER = 10;
/** FIFO fill that raises the received-data interrupt, by FCR bits 7..6. */
export const TRIGGERS = [1, 4, 8, 14] as const;

const IER_RECEIVED = 1, IER_EMPTY = 2, IER_LINE = 4, IER_MODEM = 8; // prettier-ignore
const IIR_NONE = 1, IIR_MODEM = 0, IIR_EMPTY = 2, IIR_RECEIVED = 4, IIR_LINE = 6, IIR_TIMEOUT = 12; // prettier-ignore
const MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16; // prettier-ignore
const LSR_READY = 1, LSR_OVERRUN = 2, LSR_ERRORS = 0x1e, LSR_EMPTY = 0x60; // prettier-ignore
const MSR_CTS = 16, MSR_DSR = 32, MSR_RI = 64, MSR_DCD = 128; // prettier-ignore
/** A terminal is connected and ready. */
const CONNECTED = MSR_CTS | MSR_DSR | MSR_DCD;

/**
 * A 16550A UART (National Semiconductor PC16550D datasheet, TL/C/8652), as on a PC: OUT2 gates the interrupt.
 *
 * | offset | DLAB 0 read | write | DLAB 1 |
 * |---|---|---|---|
 * | 0 | RBR received byte | THR byte to send | DLL divisor low |
 * | 1 | IER: 0 received, 1 THR empty, 2 line status, 3 modem status | the same | DLM divisor high |
 * | 2 | IIR: 0 none pending, 3..1 cause, 7..6 FIFOs on | FCR: 0 FIFOs on, 1 clear receiver, 2 clear sender, 7..6 trigger | |
 * | 3 | LCR: 1..0 length, 2 stop bits, 5..3 parity, 6 break, 7 DLAB | the same | |
 * | 4 | MCR: 0 DTR, 1 RTS, 2 OUT1, 3 OUT2, 4 loopback | the same | |
 * | 5 | LSR: 0 data ready, 1 overrun, 2 parity, 3 framing, 4 break, 5 THR empty, 6 all sent, 7 error in FIFO | | |
 * | 6 | MSR: 3..0 changes, 4 CTS, 5 DSR, 6 RI, 7 DCD | | |
 * | 7 | SCR scratch | the same | |
 *
 * Sending takes no time: a byte is with the sink before the write ends, and THR is always empty. Receiving
 * takes the time that the divisor sets, a byte waits while the FIFO is full, and so none is ever lost. Words
 * have eight bits whatever LCR says: a program that sends without setting the line up is understood.
 */
export class Uart16550 implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly irq: InterruptLine;
  private readonly send: (byte: number) => void;

  private readonly wire = new ByteQueue(INPUT_CAPACITY);
  private readonly fifo = new ByteQueue(FIFO_DEPTH);
  private isFifoEnabled = false;
  private trigger: number = TRIGGERS[0];
  private ier = 0;
  private lcr = 0;
  private mcr = 0;
  private lineErrors = 0;
  /** MSR bits 3..0. */
  private modemChanges = 0;
  private scratch = 0;
  private divisor = 1;
  private isEmptyPending = false;
  private isTimeoutPending = false;
  /** What the interrupt line was last set to. */
  private isInterrupting = false;
  private arrival: TimerHandle | undefined;
  private timeout: TimerHandle | undefined;

  constructor(id: string, timers: TimerService, irq: InterruptLine, send: (byte: number) => void) {
    this.id = id;
    this.timers = timers;
    this.irq = irq;
    this.send = send;
  }

  /** Bytes from outside; returns how many were taken. Offer the rest again later. */
  receive(bytes: ArrayLike<number>): number {
    let taken = 0;
    while (taken < bytes.length && this.wire.push((bytes[taken] ?? 0) & 0xff)) taken++;
    this.awaitArrival();
    return taken;
  }

  /** Bytes that `receive` would take at present. */
  get room(): number {
    return INPUT_CAPACITY - this.wire.length;
  }

  /** Bytes that `receive` took and the guest has not. */
  get pendingInput(): number {
    return this.wire.length + this.fifo.length;
  }

  read(offset: number): number {
    switch (offset) {
      case 0:
        return this.isDlab() ? this.divisor & 0xff : this.readReceived();
      case 1:
        return this.isDlab() ? this.divisor >> 8 : this.ier;
      case 2:
        return this.readInterruptId();
      case 3:
        return this.lcr;
      case 4:
        return this.mcr;
      case 5:
        return this.readLineStatus();
      case 6:
        return this.readModemStatus();
      case 7:
        return this.scratch;
      default:
        return 0xff;
    }
  }

  write(offset: number, _width: number, value: number): void {
    switch (offset) {
      case 0:
        if (this.isDlab()) this.divisor = (this.divisor & 0xff00) | value;
        else this.transmit(value);
        break;
      case 1:
        if (this.isDlab()) this.divisor = (this.divisor & 0xff) | (value << 8);
        else this.writeInterruptEnable(value & 0x0f);
        break;
      case 2:
        this.writeFifoControl(value);
        break;
      case 3:
        this.lcr = value;
        break;
      case 4:
        this.writeModemControl(value & 0x1f);
        break;
      case 7:
        this.scratch = value;
        break;
    }
    this.update();
  }

  /** Master reset (datasheet, table I). What waits on the wire is not the chip's. */
  reset(): void {
    this.fifo.clear();
    this.isFifoEnabled = false;
    this.trigger = TRIGGERS[0];
    this.ier = 0;
    this.lcr = 0;
    this.mcr = 0;
    this.lineErrors = 0;
    this.modemChanges = 0;
    this.scratch = 0;
    this.divisor = 1;
    this.isEmptyPending = false;
    this.stopTimeout();
    this.update();
    this.awaitArrival();
  }

  save(): DeviceState {
    return {
      version: 2,
      wire: this.wire.toArray(),
      fifo: this.fifo.toArray(),
      isFifoEnabled: this.isFifoEnabled,
      trigger: TRIGGERS.findIndex((each) => each === this.trigger),
      ier: this.ier,
      lcr: this.lcr,
      mcr: this.mcr,
      lineErrors: this.lineErrors,
      modemChanges: this.modemChanges,
      scratch: this.scratch,
      divisor: this.divisor,
      isEmptyPending: this.isEmptyPending,
      isTimeoutPending: this.isTimeoutPending,
      arrivesAt: this.arrival?.deadline ?? null,
      timesOutAt: this.timeout?.deadline ?? null,
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 2);
    const arrivesAt = readOptionalTime(state, 'arrivesAt');
    const timesOutAt = readOptionalTime(state, 'timesOutAt');
    const wire = readBytes(state, 'wire', INPUT_CAPACITY);
    this.fifo.replace(readBytes(state, 'fifo', FIFO_DEPTH));
    this.wire.replace(wire);
    this.isFifoEnabled = readFlag(state, 'isFifoEnabled');
    this.trigger = TRIGGERS[readNumber(state, 'trigger', 0, 3)] ?? 1;
    this.ier = readByte(state, 'ier');
    this.lcr = readByte(state, 'lcr');
    this.mcr = readByte(state, 'mcr');
    this.lineErrors = readByte(state, 'lineErrors');
    this.modemChanges = readByte(state, 'modemChanges');
    this.scratch = readByte(state, 'scratch');
    this.divisor = readNumber(state, 'divisor', 0, 0xffff);
    this.isEmptyPending = readFlag(state, 'isEmptyPending');
    this.isTimeoutPending = readFlag(state, 'isTimeoutPending');
    this.arrival?.cancel();
    this.arrival = arrivesAt === undefined ? undefined : this.scheduleArrival(arrivesAt);
    this.timeout?.cancel();
    this.timeout = timesOutAt === undefined ? undefined : this.scheduleTimeout(timesOutAt);
    this.isInterrupting = false;
    this.irq.set(false);
    this.update();
  }

  private isDlab(): boolean {
    return (this.lcr & 0x80) !== 0;
  }

  private isLooped(): boolean {
    return (this.mcr & MCR_LOOP) !== 0;
  }

  private characterNs(): number {
    return Math.ceil((BITS_PER_CHARACTER * 1e9 * Math.max(1, this.divisor)) / BAUD_BASE);
  }

  /** The line falls and rises again for each byte: who did not read IIR waits for the edge. */
  private transmit(byte: number): void {
    this.isEmptyPending = false;
    if (this.isInterrupting) this.update();
    if (this.isLooped()) this.deliver(byte);
    else this.send(byte);
    this.isEmptyPending = true;
  }

  /** A byte has arrived at the receiver. */
  private deliver(byte: number): void {
    const hasRoom = this.isFifoEnabled ? !this.fifo.isFull : this.fifo.length === 0;
    if (!hasRoom) {
      this.lineErrors |= LSR_OVERRUN;
      // Without FIFOs the new byte overwrites the old one; with them it is lost in the shift register.
      if (!this.isFifoEnabled) this.fifo.replace([byte]);
    } else {
      this.fifo.push(byte);
    }
    this.restartTimeout();
    this.update();
  }

  private awaitArrival(): void {
    const hasRoom = this.isFifoEnabled ? !this.fifo.isFull : this.fifo.length === 0;
    if (this.arrival !== undefined || this.wire.length === 0 || !hasRoom || this.isLooped()) return;
    this.arrival = this.scheduleArrival(this.timers.now() + this.characterNs());
  }

  private scheduleArrival(deadline: number): TimerHandle {
    return this.timers.schedule(deadline, () => {
      this.arrival = undefined;
      if (this.isLooped()) return;
      const byte = this.wire.shift();
      if (byte !== undefined) this.deliver(byte);
      this.awaitArrival();
    });
  }

  private readReceived(): number {
    const byte = this.fifo.shift() ?? 0;
    this.restartTimeout();
    this.update();
    this.awaitArrival();
    return byte;
  }

  private readLineStatus(): number {
    const status = this.lineErrors | LSR_EMPTY | (this.fifo.length > 0 ? LSR_READY : 0);
    if (this.lineErrors !== 0) {
      this.lineErrors = 0;
      this.update();
    }
    return status;
  }

  private readModemStatus(): number {
    const status = this.modemLines() | this.modemChanges;
    this.modemChanges = 0;
    this.update();
    return status;
  }

  private readInterruptId(): number {
    const cause = this.highestCause();
    if (cause === IIR_EMPTY) {
      this.isEmptyPending = false;
      this.update();
    }
    return cause | (this.isFifoEnabled ? 0xc0 : 0);
  }

  private writeInterruptEnable(value: number): void {
    // Enabling the interrupt while THR is empty raises it.
    if (value & ~this.ier & IER_EMPTY) this.isEmptyPending = true;
    this.ier = value;
  }

  private writeFifoControl(value: number): void {
    const isEnabled = (value & 1) !== 0;
    if (isEnabled !== this.isFifoEnabled || (isEnabled && value & 2)) {
      this.fifo.clear();
      this.stopTimeout();
    }
    this.isFifoEnabled = isEnabled;
    this.trigger = isEnabled ? (TRIGGERS[(value >> 6) & 3] ?? 1) : 1;
    this.awaitArrival();
  }

  private writeModemControl(value: number): void {
    const before = this.modemLines();
    this.mcr = value;
    const after = this.modemLines();
    const changed = before ^ after;
    if (changed & MSR_CTS) this.modemChanges |= 1;
    if (changed & MSR_DSR) this.modemChanges |= 2;
    // Only the trailing edge of RI counts.
    if (before & ~after & MSR_RI) this.modemChanges |= 4;
    if (changed & MSR_DCD) this.modemChanges |= 8;
    this.awaitArrival();
  }

  private modemLines(): number {
    if (!this.isLooped()) return CONNECTED;
    return (
      (this.mcr & MCR_RTS ? MSR_CTS : 0) |
      (this.mcr & MCR_DTR ? MSR_DSR : 0) |
      (this.mcr & MCR_OUT1 ? MSR_RI : 0) |
      (this.mcr & MCR_OUT2 ? MSR_DCD : 0)
    );
  }

  /** With FIFOs on, bytes below the trigger raise an interrupt after four characters' silence. */
  private restartTimeout(): void {
    this.stopTimeout();
    if (!this.isFifoEnabled || this.fifo.length === 0) return;
    this.timeout = this.scheduleTimeout(this.timers.now() + 4 * this.characterNs());
  }

  private scheduleTimeout(deadline: number): TimerHandle {
    return this.timers.schedule(deadline, () => {
      this.timeout = undefined;
      this.isTimeoutPending = true;
      this.update();
    });
  }

  private stopTimeout(): void {
    this.timeout?.cancel();
    this.timeout = undefined;
    this.isTimeoutPending = false;
  }

  /** IIR's cause: the pending and enabled interrupt with the highest priority. */
  private highestCause(): number {
    if (this.ier & IER_LINE && this.lineErrors & LSR_ERRORS) return IIR_LINE;
    if (this.ier & IER_RECEIVED) {
      if (this.fifo.length >= this.trigger) return IIR_RECEIVED;
      if (this.isTimeoutPending) return IIR_TIMEOUT;
    }
    if (this.ier & IER_EMPTY && this.isEmptyPending) return IIR_EMPTY;
    if (this.ier & IER_MODEM && this.modemChanges) return IIR_MODEM;
    return IIR_NONE;
  }

  private update(): void {
    const isGateOpen = (this.mcr & MCR_OUT2) !== 0 && !this.isLooped();
    const isInterrupting = isGateOpen && this.highestCause() !== IIR_NONE;
    if (isInterrupting === this.isInterrupting) return;
    this.isInterrupting = isInterrupting;
    this.irq.set(isInterrupting);
  }
}
