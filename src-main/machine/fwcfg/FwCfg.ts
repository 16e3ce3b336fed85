import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readNumber } from '../snapshot.ts';

/** Well-known keys (QEMU, docs/specs/fw_cfg.rst; include/standard-headers/linux/qemu_fw_cfg.h). */
const KEY = {
  signature: 0x00,
  id: 0x01,
  ramSize: 0x03,
  cpuCount: 0x05,
  bootMenu: 0x0e,
  mostCpus: 0x0f,
  directory: 0x19,
  files: 0x20,
} as const;
const HAS_TRADITIONAL = 1,
  HAS_DMA = 2;
const DMA_SIGNATURE = 'QEMU CFG';
/** Bits of a DMA request's control word. */
const DMA = { error: 1, read: 2, skip: 4, select: 8, write: 16 } as const;
const DMA_REQUEST_BYTES = 16;
const MOST_POSITION = 2 ** 32;
const DIRECTORY_ENTRY_BYTES = 64;
const NAME_BYTES = 56;
/** A request cannot make the host allocate more than this at once. */
const CHUNK_BYTES = 0x1_0000;

/** A named blob for the firmware, such as `etc/e820`. */
export interface FirmwareFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

export interface FwCfgContents {
  readonly ramBytes: number;
  readonly cpuCount: number;
  readonly files: readonly FirmwareFile[];
}

/**
 * QEMU's firmware configuration device, by which firmware finds what the machine is made of (QEMU,
 * docs/specs/fw_cfg.rst).
 *
 * Offset 0, 16 bits: selector. Offset 1: data, one byte a read. Offsets 4..7 and 8..11, big-endian: address of a DMA
 * request; writing the low half starts it. Nothing can be written to the items.
 */
export class FwCfg implements BusDevice {
  readonly id: string;
  private readonly memory: DeviceMemory;
  private readonly items = new Map<number, Uint8Array>();
  private selected = 0;
  private position = 0;
  private dmaHigh = 0;

  constructor(id: string, memory: DeviceMemory, contents: FwCfgContents) {
    this.id = id;
    this.memory = memory;
    const { files, cpuCount } = contents;
    const signature = new TextEncoder().encode('QEMU');
    this.items.set(KEY.signature, signature);
    this.items.set(KEY.id, littleEndian(HAS_TRADITIONAL | HAS_DMA, 4));
    this.items.set(KEY.ramSize, littleEndian(contents.ramBytes, 8));
    this.items.set(KEY.cpuCount, littleEndian(cpuCount, 2));
    this.items.set(KEY.mostCpus, littleEndian(cpuCount, 2));
    this.items.set(KEY.bootMenu, littleEndian(1, 2));
    // In order of their names, as QEMU has them.
    const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
    sorted.forEach(({ contents: bytes }, index) => this.items.set(KEY.files + index, bytes));
    this.items.set(KEY.directory, directory(sorted));
  }

  read(offset: number, width: AccessWidth): number {
    if (offset === 1 && width === 1) return this.nextByte();
    if (offset < 4) return 0;
    let value = 0;
    for (let i = 0; i < width; i++) value += DMA_SIGNATURE.charCodeAt(offset - 4 + i) * 2 ** (8 * i);
    return value;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    if (offset === 0 && width === 2) this.select(value);
    else if (offset === 4 && width === 4) this.dmaHigh = swapped(value);
    else if (offset === 8 && width === 4) {
      const address = this.dmaHigh * 2 ** 32 + swapped(value);
      this.dmaHigh = 0;
      this.transfer(address);
    }
  }

  reset(): void {
    this.select(0);
    this.dmaHigh = 0;
  }

  save(): DeviceState {
    return { version: 1, selected: this.selected, position: this.position, dmaHigh: this.dmaHigh };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const [selected, position] = [
      readNumber(state, 'selected', 0, 0xffff),
      readNumber(state, 'position', 0, MOST_POSITION),
    ];
    this.dmaHigh = readNumber(state, 'dmaHigh', 0, 0xffff_ffff);
    this.selected = selected;
    this.position = position;
  }

  private select(key: number): void {
    this.selected = key;
    this.position = 0;
  }

  private get item(): Uint8Array | undefined {
    return this.items.get(this.selected);
  }

  /** Zero behind an item's end, and where there is none. */
  private nextByte(): number {
    const byte = this.item?.[this.position] ?? 0;
    this.skip(1);
    return byte;
  }

  private transfer(address: number): void {
    const bytes = new Uint8Array(DMA_REQUEST_BYTES);
    this.memory.read(address, bytes);
    const request = new DataView(bytes.buffer);
    const control = request.getUint32(0);
    const length = request.getUint32(4);
    const target = Number(request.getBigUint64(8));
    let result = 0;
    if (control & DMA.select) this.select(control >>> 16);
    if (control & DMA.read) this.copyOut(target, length);
    else if (control & DMA.write) result = DMA.error;
    else if (control & DMA.skip) this.skip(length);
    request.setUint32(0, result);
    this.memory.write(address, bytes.subarray(0, 4));
  }

  private copyOut(target: number, length: number): void {
    const inside = Math.max(0, Math.min(length, this.memory.size - target));
    for (let done = 0; done < inside; done += CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, inside - done));
      chunk.set(this.item?.subarray(this.position + done, this.position + done + chunk.length) ?? []);
      this.memory.write(target + done, chunk);
    }
    this.skip(length);
  }

  /** No item is so long that where the position stops behind its end could be told. */
  private skip(length: number): void {
    this.position = Math.min(MOST_POSITION, this.position + length);
  }
}

function directory(files: readonly FirmwareFile[]): Uint8Array {
  const bytes = new Uint8Array(4 + DIRECTORY_ENTRY_BYTES * files.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, files.length);
  files.forEach(({ name, contents }, index) => {
    const at = 4 + DIRECTORY_ENTRY_BYTES * index;
    view.setUint32(at, contents.length);
    view.setUint16(at + 4, KEY.files + index);
    bytes.set(new TextEncoder().encode(name).subarray(0, NAME_BYTES - 1), at + 8);
  });
  return bytes;
}

function littleEndian(value: number, byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}

function swapped(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
