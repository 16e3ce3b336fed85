import type { BusDevice, DeviceState } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readByte, readFlag, readNumber, readObject } from '../snapshot.ts';

const CHANNELS = 4;
const MODE_AUTO_INITIALISE = 0x10;
const MODE_DECREMENT = 0x20;
/** Mode bits 3..2. */
const TRANSFER_VERIFY = 0, TRANSFER_TO_MEMORY = 1, TRANSFER_FROM_MEMORY = 2; // prettier-ignore
const COMMAND_DISABLE = 0x04;

/** What a transfer came to. */
export interface DmaProgress {
  /** Bytes that went over; fewer than offered when the channel is masked, set otherwise, or at its end. */
  readonly moved: number;
  /** The count ran out: the controller tells the device so (TC). */
  readonly isTerminalCount: boolean;
}

/** A channel as the device at its DREQ line uses it. */
export interface DmaChannel {
  /** From the device to memory. */
  store(bytes: Uint8Array): DmaProgress;
  /** From memory to the device. */
  fetch(into: Uint8Array): DmaProgress;
}

interface Channel {
  baseAddress: number;
  baseCount: number;
  address: number;
  /** Units left, less one; below zero once it has run out. */
  count: number;
  mode: number;
  page: number;
}

/**
 * An 8237A DMA controller (Intel 8237A datasheet, order 231466) as the PC/AT has two: the first moves bytes, the
 * second words, its addresses counting words (IBM PC AT Technical Reference, "DMA controllers"). The page
 * registers, which hold the address bits above 16, are `DmaPageRegisters`.
 *
 * | offset | write | read |
 * |---|---|---|
 * | 0, 2, 4, 6 | base and current address, low byte first | current address |
 * | 1, 3, 5, 7 | base and current count less one | current count |
 * | 8 | command: bit 2 disables the controller | status: 3..0 terminal counts (cleared by reading), 7..4 requests |
 * | 9 | request: 2 set, 1..0 channel | ones |
 * | 10 | one mask bit: 2 set, 1..0 channel | ones |
 * | 11 | mode: 1..0 channel, 3..2 transfer, 4 auto-initialise, 5 decrement, 7..6 ignored | ones |
 * | 12 | clear the byte pointer | |
 * | 13 | master clear | temporary register, 0 |
 * | 14 | clear all masks | |
 * | 15 | all four masks | masks |
 *
 * The registers of the controller that moves words lie two ports apart. A transfer takes no time: single, demand and block mode do the same. Memory to memory, which the AT cannot do,
 * is left out. Addresses wrap within their 64 KiB (or 128 KiB) page, as on the board.
 */
export class Dma8237 implements BusDevice {
  readonly id: string;
  private readonly memory: DeviceMemory;
  /** 0: bytes, 1: words. */
  private readonly unitShift: 0 | 1;
  private readonly channels: readonly Channel[] = Array.from({ length: CHANNELS }, newChannel);
  private command = 0;
  private terminalCounts = 0;
  private requests = 0;
  private masks = 0x0f;
  private isHighByteNext = false;

  constructor(id: string, memory: DeviceMemory, unitBytes: 1 | 2) {
    this.id = id;
    this.memory = memory;
    this.unitShift = unitBytes === 2 ? 1 : 0;
  }

  /** @param index within this controller, 0..3 */
  channel(index: number): DmaChannel {
    return {
      store: (bytes) => this.transfer(index, TRANSFER_TO_MEMORY, bytes),
      fetch: (into) => this.transfer(index, TRANSFER_FROM_MEMORY, into),
    };
  }

  /** Sets address bits 23..16 of a channel. */
  setPage(index: number, page: number): void {
    const channel = this.channels[index];
    if (channel) channel.page = page;
  }

  read(at: number): number {
    const offset = at >> this.unitShift;
    const channel = this.channels[offset >> 1];
    if (channel && offset < 8) {
      const value = (offset & 1) === 0 ? channel.address : channel.count & 0xffff;
      return this.takePointer() ? value >> 8 : value & 0xff;
    }
    switch (offset) {
      case 8: {
        const status = this.terminalCounts | (this.requests << 4);
        this.terminalCounts = 0;
        return status;
      }
      case 13:
        return 0;
      case 15:
        return 0xf0 | this.masks;
      default:
        return 0xff;
    }
  }

  write(at: number, _width: number, value: number): void {
    const offset = at >> this.unitShift;
    const channel = this.channels[offset >> 1];
    if (channel && offset < 8) {
      this.writeAddressOrCount(channel, (offset & 1) === 0, value);
      return;
    }
    const bit = 1 << (value & 3);
    switch (offset) {
      case 8:
        this.command = value;
        break;
      case 9:
        this.requests = value & 4 ? this.requests | bit : this.requests & ~bit;
        break;
      case 10:
        this.masks = value & 4 ? this.masks | bit : this.masks & ~bit;
        break;
      case 11: {
        const selected = this.channels[value & 3];
        if (selected) selected.mode = value & 0xfc;
        break;
      }
      case 12:
        this.isHighByteNext = false;
        break;
      case 13:
        this.clear();
        break;
      case 14:
        this.masks = 0;
        break;
      case 15:
        this.masks = value & 0x0f;
        break;
    }
  }

  reset(): void {
    this.clear();
    for (const channel of this.channels) Object.assign(channel, newChannel());
  }

  save(): DeviceState {
    const channels = this.channels.map((channel, index) => [`channel${index}`, { version: 1, ...channel }]);
    return {
      version: 1,
      command: this.command,
      terminalCounts: this.terminalCounts,
      requests: this.requests,
      masks: this.masks,
      isHighByteNext: this.isHighByteNext,
      ...Object.fromEntries(channels),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const channels = this.channels.map((_, index): Channel => {
      const own = readObject(state, `channel${index}`);
      const word = (field: string): number => readNumber(own, field, 0, 0xffff);
      return {
        baseAddress: word('baseAddress'),
        baseCount: word('baseCount'),
        address: word('address'),
        count: readNumber(own, 'count', -1, 0xffff),
        mode: readByte(own, 'mode'),
        page: readByte(own, 'page'),
      };
    });
    this.command = readByte(state, 'command');
    this.terminalCounts = readNumber(state, 'terminalCounts', 0, 15);
    this.requests = readNumber(state, 'requests', 0, 15);
    this.masks = readNumber(state, 'masks', 0, 15);
    this.isHighByteNext = readFlag(state, 'isHighByteNext');
    this.channels.forEach((channel, index) => Object.assign(channel, channels[index]));
  }

  /** Master clear (datasheet, "Software commands"): addresses, counts and modes stay. */
  private clear(): void {
    this.command = 0;
    this.terminalCounts = 0;
    this.requests = 0;
    this.masks = 0x0f;
    this.isHighByteNext = false;
  }

  private takePointer(): boolean {
    const isHigh = this.isHighByteNext;
    this.isHighByteNext = !isHigh;
    return isHigh;
  }

  private writeAddressOrCount(channel: Channel, isAddress: boolean, value: number): void {
    const isHigh = this.takePointer();
    const merge = (old: number): number => (isHigh ? (old & 0xff) | (value << 8) : (old & 0xff00) | value);
    if (isAddress) channel.address = channel.baseAddress = merge(channel.baseAddress);
    else channel.count = channel.baseCount = merge(channel.baseCount);
  }

  private transfer(index: number, direction: number, bytes: Uint8Array): DmaProgress {
    const channel = this.channels[index];
    const kind = channel === undefined ? 3 : (channel.mode >> 2) & 3;
    const isOff = (this.masks & (1 << index)) !== 0 || (this.command & COMMAND_DISABLE) !== 0;
    if (channel === undefined || isOff || (kind !== direction && kind !== TRANSFER_VERIFY))
      return { moved: 0, isTerminalCount: false };
    const units = Math.min(bytes.length >> this.unitShift, channel.count + 1);
    for (let done = 0; done < units;) done += this.moveRun(channel, kind, bytes, done, units - done);
    channel.count -= units;
    const isTerminalCount = channel.count < 0;
    if (isTerminalCount) this.finish(channel, 1 << index);
    return { moved: units << this.unitShift, isTerminalCount };
  }

  /** Moves units that lie together in memory; returns how many. */
  private moveRun(channel: Channel, kind: number, bytes: Uint8Array, done: number, left: number): number {
    const shift = this.unitShift;
    const isDown = (channel.mode & MODE_DECREMENT) !== 0;
    const units = isDown ? 1 : Math.min(left, 0x1_0000 - channel.address);
    // A word channel ignores the lowest page bit: its 16 address bits reach a bit higher.
    const physicalAddress = ((shift === 0 ? channel.page : channel.page & 0xfe) << 16) + (channel.address << shift);
    const part = bytes.subarray(done << shift, (done + units) << shift);
    if (kind === TRANSFER_TO_MEMORY) this.memory.write(physicalAddress, part);
    else if (kind === TRANSFER_FROM_MEMORY) this.memory.read(physicalAddress, part);
    channel.address = (channel.address + (isDown ? -1 : units)) & 0xffff;
    return units;
  }

  private finish(channel: Channel, bit: number): void {
    this.terminalCounts |= bit;
    this.requests &= ~bit;
    if (channel.mode & MODE_AUTO_INITIALISE) {
      channel.address = channel.baseAddress;
      channel.count = channel.baseCount;
    } else {
      this.masks |= bit;
    }
  }
}

function newChannel(): Channel {
  return { baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0, page: 0 };
}
