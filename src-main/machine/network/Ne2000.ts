import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readBytes, readObject } from '../snapshot.ts';
import { type BufferMemory, Dp8390 } from './Dp8390.ts';
import { MAC_BYTES, type NetworkAdapter, type NetworkPort } from './NetworkPort.ts';

const DATA_PORT = 0x10;
const RESET_PORT = 0x18;
const PROM_BYTES = 32;
const RAM_START = 0x4000;
const RAM_BYTES = 0x4000;
/** At the end of the address PROM of a board with 16-bit data. */
const WORD_MARK = 0x57;
/** Frames that wait on the wire until the guest has room for them; what comes then is lost. */
const MOST_WAITING = 256;

/** 16 KiB of packet memory and the PROM with the address, each of its bytes twice, as the 16-bit bus shows it. */
class BoardMemory implements BufferMemory {
  readonly ram = new Uint8Array(RAM_BYTES);
  private readonly prom = new Uint8Array(PROM_BYTES);

  constructor(macAddress: Uint8Array) {
    for (let at = 0; at < PROM_BYTES; at++) {
      const byte = at >> 1;
      this.prom[at] = byte < MAC_BYTES ? (macAddress[byte] ?? 0) : byte >= 14 ? WORD_MARK : 0;
    }
  }

  read(address: number): number {
    return this.prom[address] ?? this.ram[address - RAM_START] ?? 0xff;
  }

  write(address: number, value: number): void {
    if (address >= RAM_START && address < RAM_START + RAM_BYTES) this.ram[address - RAM_START] = value;
  }
}

/**
 * The Novell NE2000 adapter: a DP8390, 16 KiB of memory and three more ports (National Semiconductor AN-729,
 * "DP8390 Network Interface Controller: An Introductory Guide", and DP83905 datasheet, I/O mode).
 *
 * | offset | register |
 * |---|---|
 * | 00-0F | the DP8390's |
 * | 10-17 | data of the remote DMA channel, in bytes, words or double words |
 * | 18-1F | reading resets the chip |
 *
 * Frames on the wire wait for room in the ring and are no part of a snapshot: a network may lose frames.
 */
export class Ne2000 implements BusDevice, NetworkAdapter {
  readonly id: string;
  readonly macAddress: Uint8Array;
  private readonly memory: BoardMemory;
  private readonly chip: Dp8390;
  private readonly waiting: Uint8Array[] = [];

  constructor(id: string, macAddress: Uint8Array, irq: InterruptLine, port: NetworkPort) {
    this.id = id;
    this.macAddress = macAddress;
    this.memory = new BoardMemory(macAddress);
    this.chip = new Dp8390(this.memory, irq, port);
  }

  receive(frame: Uint8Array): boolean {
    if (this.waiting.length >= MOST_WAITING) return false;
    this.waiting.push(frame);
    this.takeWaiting();
    return true;
  }

  read(offset: number, width: AccessWidth): number {
    if (offset >= RESET_PORT) {
      this.chip.reset();
      return 0xff;
    }
    let value = 0;
    for (let at = 0; at < width; at++) {
      const byte = offset >= DATA_PORT ? this.chip.readData() : this.chip.read(offset + at);
      value |= byte << (8 * at);
    }
    return value >>> 0;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    if (offset >= RESET_PORT) return;
    for (let at = 0; at < width; at++) {
      const byte = (value >>> (8 * at)) & 0xff;
      if (offset >= DATA_PORT) this.chip.writeData(byte);
      else if (offset + at < DATA_PORT) this.chip.write(offset + at, byte);
    }
    if (offset < DATA_PORT) this.takeWaiting();
  }

  reset(): void {
    this.memory.ram.fill(0);
    this.chip.reset();
  }

  save(): DeviceState {
    return { version: 1, chip: this.chip.save(), ram: [...this.memory.ram] };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const ram = readBytes(state, 'ram', RAM_BYTES, RAM_BYTES);
    this.chip.restore(readObject(state, 'chip'));
    this.memory.ram.set(ram);
  }

  private takeWaiting(): void {
    for (;;) {
      const [frame] = this.waiting;
      if (frame === undefined || !this.chip.hasRoom(frame)) return;
      this.waiting.shift();
      this.chip.receive(frame);
    }
  }
}
