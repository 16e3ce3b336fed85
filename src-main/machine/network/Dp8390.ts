import type { DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes, readNumber } from '../snapshot.ts';
import { acceptsMulticast, isBroadcast, isMulticast } from './addressFilter.ts';
import { FRAME_BYTES, MAC_BYTES, type NetworkPort } from './NetworkPort.ts';

const PAGE_BYTES = 256;
const HEADER_BYTES = 4;

const CR_STOP = 1, CR_TRANSMIT = 4, CR_REMOTE = 0x38; // prettier-ignore
const REMOTE_READ = 0x08, REMOTE_WRITE = 0x10, REMOTE_SEND = 0x18, REMOTE_ABORT = 0x20; // prettier-ignore
const ISR_RECEIVED = 1, ISR_SENT = 2, ISR_OVERFLOW = 0x10, ISR_REMOTE_DONE = 0x40, ISR_RESET = 0x80; // prettier-ignore
const RCR_BROADCAST = 4, RCR_MULTICAST = 8, RCR_PROMISCUOUS = 0x10, RCR_MONITOR = 0x20; // prettier-ignore
const RSR_INTACT = 1, RSR_GROUP = 0x20; // prettier-ignore
const TCR_LOOPBACK = 6;
const TSR_SENT = 1;

/** The board around the chip: its buffer memory, as the chip addresses it. */
export interface BufferMemory {
  read(address: number): number;
  write(address: number, value: number): void;
}

/**
 * The DP8390 network interface controller (National Semiconductor DP8390D/NS32490D datasheet, TL/F/8582): a ring
 * of 256-byte pages into which frames are received, and a remote DMA channel through which the host reaches them.
 *
 * | offset | page 0 read | page 0 write | page 1 | page 2 read |
 * |---|---|---|---|---|
 * | 0 | CR: 0 stop, 1 start, 2 transmit, 5..3 remote DMA, 7..6 page | the same | the same | the same |
 * | 1 | CLDA0 | PSTART first page of the ring | PAR0..5 own address | PSTART |
 * | 2 | CLDA1 | PSTOP page after the ring | | PSTOP |
 * | 3 | BNRY first page not yet read | the same | | |
 * | 4 | TSR | TPSR page of the frame to send | | TPSR |
 * | 5, 6 | NCR, FIFO | TBCR its length | | |
 * | 7 | ISR: 0 received, 1 sent, 2 receive error, 3 send error, 4 overflow, 5 counter, 6 remote DMA done, 7 stopped | ones clear | CURR next page to receive into | |
 * | 8, 9 | CRDA | RSAR remote start address | MAR0..7 multicast hash | |
 * | A, B | | RBCR remote byte count | | |
 * | C | RSR | RCR: 2 broadcast, 3 multicast, 4 promiscuous, 5 monitor | | RCR |
 * | D | CNTR0 | TCR: 2..1 loopback | | TCR |
 * | E | CNTR1 | DCR | | DCR |
 * | F | CNTR2 | IMR | | IMR |
 *
 * Sending takes no time; there are no collisions and no damaged frames, so the counters stay 0.
 */
export class Dp8390 {
  private readonly buffer: BufferMemory;
  private readonly irq: InterruptLine;
  private readonly port: NetworkPort;
  private command = CR_STOP | REMOTE_ABORT;
  private pageStart = 0;
  private pageStop = 0;
  private boundary = 0;
  private current = 0;
  private transmitPage = 0;
  private transmitCount = 0;
  private transmitStatus = 0;
  private receiveStatus = 0;
  private interruptStatus = ISR_RESET;
  private interruptMask = 0;
  private receiveConfiguration = 0;
  private transmitConfiguration = 0;
  private dataConfiguration = 0;
  private remoteAddress = 0;
  private remoteCount = 0;
  private readonly physicalAddress = new Uint8Array(MAC_BYTES);
  private readonly multicastHash = new Uint8Array(8);

  constructor(buffer: BufferMemory, irq: InterruptLine, port: NetworkPort) {
    this.buffer = buffer;
    this.irq = irq;
    this.port = port;
  }

  read(register: number): number {
    if (register === 0) return this.command;
    const page = this.command >> 6;
    if (page === 1) {
      if (register <= MAC_BYTES) return this.physicalAddress[register - 1] ?? 0xff;
      return register === 7 ? this.current : (this.multicastHash[register - 8] ?? 0xff);
    }
    return page === 0 ? this.readStatus(register) : this.readConfiguration(register);
  }

  write(register: number, value: number): void {
    if (register === 0) this.writeCommand(value);
    else if (this.command >> 6 === 1) this.writeAddress(register, value);
    else if (this.command >> 6 === 0) this.writePage0(register, value);
  }

  /** The remote DMA channel's data, a byte at a time. */
  readData(): number {
    if ((this.command & CR_REMOTE) !== REMOTE_READ || this.remoteCount === 0) return 0xff;
    const value = this.buffer.read(this.remoteAddress);
    this.advanceRemote();
    return value;
  }

  writeData(value: number): void {
    if ((this.command & CR_REMOTE) !== REMOTE_WRITE || this.remoteCount === 0) return;
    this.buffer.write(this.remoteAddress, value);
    this.advanceRemote();
  }

  /** Whether `receive` would take the frame now: it fits the ring, or is not wanted. */
  hasRoom(frame: Uint8Array): boolean {
    return !this.isWanted(frame) || this.pagesFor(frame) < this.freePages();
  }

  /** A frame from the wire. One that the filter refuses is forgotten; one that finds no room is an overflow. */
  receive(frame: Uint8Array): void {
    if (!this.isWanted(frame)) return;
    if (this.pagesFor(frame) < this.freePages()) this.storeFrame(frame);
    else this.interruptStatus |= ISR_OVERFLOW;
    this.update();
  }

  reset(): void {
    this.command = CR_STOP | REMOTE_ABORT;
    this.interruptStatus = ISR_RESET;
    this.interruptMask = 0;
    this.receiveConfiguration = 0;
    this.transmitConfiguration = 0;
    this.dataConfiguration = 0;
    this.remoteCount = 0;
    this.transmitStatus = 0;
    this.receiveStatus = 0;
    this.update();
  }

  save(): DeviceState {
    return {
      version: 1,
      command: this.command,
      pageStart: this.pageStart,
      pageStop: this.pageStop,
      boundary: this.boundary,
      current: this.current,
      transmitPage: this.transmitPage,
      transmitCount: this.transmitCount,
      transmitStatus: this.transmitStatus,
      receiveStatus: this.receiveStatus,
      interruptStatus: this.interruptStatus,
      interruptMask: this.interruptMask,
      receiveConfiguration: this.receiveConfiguration,
      transmitConfiguration: this.transmitConfiguration,
      dataConfiguration: this.dataConfiguration,
      remoteAddress: this.remoteAddress,
      remoteCount: this.remoteCount,
      physicalAddress: [...this.physicalAddress],
      multicastHash: [...this.multicastHash],
    };
  }

  restore(state: DeviceState): void {
    checkVersion('dp8390', state, 1);
    const physicalAddress = readBytes(state, 'physicalAddress', MAC_BYTES, MAC_BYTES);
    const multicastHash = readBytes(state, 'multicastHash', 8, 8);
    this.command = readByte(state, 'command');
    this.pageStart = readByte(state, 'pageStart');
    this.pageStop = readByte(state, 'pageStop');
    this.boundary = readByte(state, 'boundary');
    this.current = readByte(state, 'current');
    this.transmitPage = readByte(state, 'transmitPage');
    this.transmitCount = readNumber(state, 'transmitCount', 0, 0xffff);
    this.transmitStatus = readByte(state, 'transmitStatus');
    this.receiveStatus = readByte(state, 'receiveStatus');
    this.interruptStatus = readByte(state, 'interruptStatus');
    this.interruptMask = readByte(state, 'interruptMask');
    this.receiveConfiguration = readByte(state, 'receiveConfiguration');
    this.transmitConfiguration = readByte(state, 'transmitConfiguration');
    this.dataConfiguration = readByte(state, 'dataConfiguration');
    this.remoteAddress = readNumber(state, 'remoteAddress', 0, 0xffff);
    this.remoteCount = readNumber(state, 'remoteCount', 0, 0xffff);
    this.physicalAddress.set(physicalAddress);
    this.multicastHash.set(multicastHash);
    this.update();
  }

  private readStatus(register: number): number {
    switch (register) {
      case 3:
        return this.boundary;
      case 4:
        return this.transmitStatus;
      case 7:
        return this.interruptStatus;
      case 8:
        return this.remoteAddress & 0xff;
      case 9:
        return this.remoteAddress >> 8;
      case 0x0a:
      case 0x0b:
        return 0xff;
      case 0x0c:
        return this.receiveStatus;
      default:
        // CLDA, collisions, FIFO and error counters.
        return 0;
    }
  }

  private readConfiguration(register: number): number {
    switch (register) {
      case 1:
        return this.pageStart;
      case 2:
        return this.pageStop;
      case 4:
        return this.transmitPage;
      case 0x0c:
        return this.receiveConfiguration;
      case 0x0d:
        return this.transmitConfiguration;
      case 0x0e:
        return this.dataConfiguration;
      case 0x0f:
        return this.interruptMask;
      default:
        return 0xff;
    }
  }

  private writeCommand(value: number): void {
    this.command = value & ~CR_TRANSMIT;
    if (value & CR_STOP) {
      this.interruptStatus |= ISR_RESET;
    } else {
      this.interruptStatus &= ~ISR_RESET;
      const remote = value & CR_REMOTE;
      // A channel without anything to move is done at once.
      if ((remote === REMOTE_READ || remote === REMOTE_WRITE) && this.remoteCount === 0) {
        this.interruptStatus |= ISR_REMOTE_DONE;
      }
      if (remote === REMOTE_SEND) this.readNextPacket();
      if (value & CR_TRANSMIT) this.transmit();
    }
    this.update();
  }

  /** "Send packet": a remote read of the frame at the boundary (datasheet, 9.0, Send Packet Command). */
  private readNextPacket(): void {
    const page = this.boundary << 8;
    this.remoteAddress = page;
    this.remoteCount = this.buffer.read(page + 2) | (this.buffer.read(page + 3) << 8);
    this.command = (this.command & ~CR_REMOTE) | REMOTE_READ;
  }

  private writeAddress(register: number, value: number): void {
    if (register <= MAC_BYTES) this.physicalAddress[register - 1] = value;
    else if (register === 7) this.current = value;
    else this.multicastHash[register - 8] = value;
  }

  private writePage0(register: number, value: number): void {
    switch (register) {
      case 1:
        this.pageStart = value;
        break;
      case 2:
        this.pageStop = value;
        break;
      case 3:
        this.boundary = value;
        break;
      case 4:
        this.transmitPage = value;
        break;
      case 5:
        this.transmitCount = (this.transmitCount & 0xff00) | value;
        break;
      case 6:
        this.transmitCount = (this.transmitCount & 0xff) | (value << 8);
        break;
      case 7:
        // The reset bit shows whether the chip stands still and is not cleared by hand.
        this.interruptStatus &= ~(value & 0x7f);
        break;
      case 8:
        this.remoteAddress = (this.remoteAddress & 0xff00) | value;
        break;
      case 9:
        this.remoteAddress = (this.remoteAddress & 0xff) | (value << 8);
        break;
      case 0x0a:
        this.remoteCount = (this.remoteCount & 0xff00) | value;
        break;
      case 0x0b:
        this.remoteCount = (this.remoteCount & 0xff) | (value << 8);
        break;
      case 0x0c:
        this.receiveConfiguration = value;
        break;
      case 0x0d:
        this.transmitConfiguration = value;
        break;
      case 0x0e:
        this.dataConfiguration = value;
        break;
      case 0x0f:
        this.interruptMask = value & 0x7f;
        break;
    }
    this.update();
  }

  private advanceRemote(): void {
    this.remoteAddress = (this.remoteAddress + 1) & 0xffff;
    // The channel goes round with the ring (datasheet, 10.0, Packet Reception: "automatically wrapped").
    if (this.remoteAddress === this.pageStop << 8) this.remoteAddress = this.pageStart << 8;
    this.remoteCount--;
    if (this.remoteCount > 0) return;
    this.interruptStatus |= ISR_REMOTE_DONE;
    this.update();
  }

  private transmit(): void {
    const length = Math.min(this.transmitCount, FRAME_BYTES.most);
    const start = this.transmitPage << 8;
    const frame = new Uint8Array(length);
    for (let at = 0; at < length; at++) frame[at] = this.buffer.read((start + at) & 0xffff);
    this.transmitStatus = TSR_SENT;
    this.interruptStatus |= ISR_SENT;
    if (length < FRAME_BYTES.header) return;
    if (this.transmitConfiguration & TCR_LOOPBACK) this.receive(frame);
    else this.port.send(frame);
  }

  private accepts(frame: Uint8Array): boolean {
    if (this.receiveConfiguration & RCR_PROMISCUOUS) return true;
    if (isBroadcast(frame)) return (this.receiveConfiguration & RCR_BROADCAST) !== 0;
    if (isMulticast(frame)) {
      return (this.receiveConfiguration & RCR_MULTICAST) !== 0 && acceptsMulticast(this.multicastHash, frame);
    }
    return this.physicalAddress.every((byte, at) => frame[at] === byte);
  }

  private isWanted(frame: Uint8Array): boolean {
    if (this.command & CR_STOP || this.receiveConfiguration & RCR_MONITOR) return false;
    return frame.length >= FRAME_BYTES.header && frame.length <= FRAME_BYTES.most && this.accepts(frame);
  }

  private pagesFor(frame: Uint8Array): number {
    return Math.ceil((Math.max(frame.length, FRAME_BYTES.least) + HEADER_BYTES) / PAGE_BYTES);
  }

  private storeFrame(frame: Uint8Array): void {
    const length = Math.max(frame.length, FRAME_BYTES.least);
    const ring = this.pageStop - this.pageStart;
    const next = this.pageStart + ((this.current - this.pageStart + this.pagesFor(frame)) % ring);
    this.receiveStatus = RSR_INTACT | (isMulticast(frame) ? RSR_GROUP : 0);
    const total = length + HEADER_BYTES;
    const header = [this.receiveStatus, next, total & 0xff, total >> 8];
    let address = this.current << 8;
    for (let at = 0; at < total; at++) {
      this.buffer.write(address, at < HEADER_BYTES ? (header[at] ?? 0) : (frame[at - HEADER_BYTES] ?? 0));
      address++;
      if (address === this.pageStop << 8) address = this.pageStart << 8;
    }
    this.current = next;
    this.interruptStatus |= ISR_RECEIVED;
  }

  /**
   * Pages from the next one to receive into up to the first that is not yet read; all of them when both are the
   * same, and none of a ring that makes no sense.
   */
  private freePages(): number {
    const isWithin = this.current >= this.pageStart && this.current < this.pageStop;
    if (!isWithin) return 0;
    const free = this.boundary - this.current;
    return free > 0 ? free : free + this.pageStop - this.pageStart;
  }

  private update(): void {
    this.irq.set((this.interruptStatus & this.interruptMask) !== 0);
  }
}
