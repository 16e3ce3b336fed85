import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { PciBar, PciDevice, PciWindow } from './PciDevice.ts';

export const CONFIGURATION_BYTES = 256;

/** Offsets in the header (PCI Local Bus Specification 3.0, figure 6-1). */
export const REGISTER = {
  vendorId: 0x00,
  deviceId: 0x02,
  command: 0x04,
  status: 0x06,
  revision: 0x08,
  classCode: 0x09,
  cacheLineSize: 0x0c,
  latencyTimer: 0x0d,
  headerType: 0x0e,
  baseAddress: 0x10,
  subsystemVendorId: 0x2c,
  subsystemId: 0x2e,
  romBaseAddress: 0x30,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
  deviceSpecific: 0x40,
} as const;

export const COMMAND = { io: 1 << 0, memory: 1 << 1, busMaster: 1 << 2, interruptDisable: 1 << 10 } as const;
/** I/O, memory, bus master, special cycles, MWI, parity, SERR#, fast back-to-back, interrupt disable. */
const COMMAND_WRITABLE = 0x077f;
const STATUS_INTERRUPT = 1 << 3;
const STATUS_CAPABILITIES = 1 << 4;
/** Error bits, cleared by writing ones; nothing sets them here. */
const MULTIFUNCTION = 0x80;
const IO_SPACE = 1;
const PREFETCHABLE = 8;
const ROM_ENABLE = 1;
const LEAST_ROM = 0x800;

/** What follows from a function's registers. */
export interface PciFunctionObserver {
  /** The address at which a base address register's range is to answer, or nowhere. */
  onBarMoved(bar: PciBar, address: number | undefined): void;
  onRomMoved(address: number | undefined): void;
  /** The interrupt pin's level, as the bus sees it. */
  onInterrupt(isAsserted: boolean): void;
}

/** Configuration space of one function, with a header of type 0. */
export class PciFunction {
  readonly device: PciDevice;
  private readonly observer: PciFunctionObserver;
  private readonly bytes = new Uint8Array(CONFIGURATION_BYTES);
  private readonly writable = new Uint8Array(CONFIGURATION_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly isMultifunction: boolean;
  private isAsserted = false;
  private wasSeen = false;

  constructor(device: PciDevice, isMultifunction: boolean, observer: PciFunctionObserver) {
    this.device = device;
    this.isMultifunction = isMultifunction;
    this.observer = observer;
    this.layOut();
  }

  get isBusMaster(): boolean {
    return (this.command & COMMAND.busMaster) !== 0;
  }

  /** Length of the expansion ROM's range, 0 without one. */
  get romBytes(): number {
    const length = this.device.rom?.length ?? 0;
    return length === 0 ? 0 : Math.max(LEAST_ROM, 2 ** Math.ceil(Math.log2(length)));
  }

  read(offset: number, width: AccessWidth): number {
    const { window } = this.device;
    if (window && liesIn(window, offset, width)) return window.read(offset - window.offset, width);
    if (width === 1) return this.view.getUint8(offset);
    return width === 2 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  /** Bytes are taken in ascending order; what follows from them is looked at once, at the end. */
  write(offset: number, width: AccessWidth, value: number): void {
    const { window } = this.device;
    if (window && liesIn(window, offset, width)) {
      window.write(offset - window.offset, width, value);
      return;
    }
    for (let i = 0; i < width; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    for (const register of this.device.registers ?? []) {
      if (register.offset >= offset && register.offset < offset + width) this.announce(register.offset);
    }
    this.apply();
  }

  setInterrupt(isAsserted: boolean): void {
    this.isAsserted = isAsserted;
    this.applyInterrupt();
  }

  reset(): void {
    this.isAsserted = false;
    this.layOut();
    for (const { offset } of this.device.registers ?? []) this.announce(offset);
    this.apply();
  }

  save(): number[] {
    return [...this.bytes];
  }

  /** @param bytes 256 of them; what is read-only stays as it is */
  restore(bytes: readonly number[], isAsserted: boolean): void {
    this.layOut();
    this.isAsserted = isAsserted;
    for (let at = 0; at < CONFIGURATION_BYTES; at++) this.writeByte(at, bytes[at] ?? 0);
    for (const { offset } of this.device.registers ?? []) this.announce(offset);
    this.apply();
  }

  get interruptLevel(): boolean {
    return this.isAsserted;
  }

  private get command(): number {
    return this.view.getUint16(REGISTER.command, true);
  }

  private writeByte(offset: number, value: number): void {
    const writable = this.writable[offset] ?? 0;
    this.bytes[offset] = ((this.bytes[offset] ?? 0) & ~writable) | (value & writable);
  }

  private announce(offset: number): void {
    for (const register of this.device.registers ?? []) {
      if (register.offset === offset) register.onChange?.(this.bytes[offset] ?? 0);
    }
  }

  private apply(): void {
    for (const bar of this.device.bars ?? []) {
      const register = this.view.getUint32(REGISTER.baseAddress + 4 * bar.index, true);
      const isOn = (this.command & (bar.space === 'io' ? COMMAND.io : COMMAND.memory)) !== 0;
      this.observer.onBarMoved(bar, isOn ? placed(register, bar) : undefined);
    }
    if (this.romBytes > 0) {
      const register = this.view.getUint32(REGISTER.romBaseAddress, true);
      // The specification asks for memory decoding as well (6.2.5.2). Bochs' BIOS copies ROMs without, as Bochs lets it;
      // whoever obeys the specification switches the ROM off by its own bit.
      const isOn = (register & ROM_ENABLE) !== 0;
      const address = (register & ~(LEAST_ROM - 1)) >>> 0;
      this.observer.onRomMoved(isOn && isInMemory(address, this.romBytes) ? address : undefined);
    }
    this.applyInterrupt();
  }

  private applyInterrupt(): void {
    const status = this.view.getUint16(REGISTER.status, true) & ~STATUS_INTERRUPT;
    this.view.setUint16(REGISTER.status, status | (this.isAsserted ? STATUS_INTERRUPT : 0), true);
    const isSeen = this.isAsserted && (this.command & COMMAND.interruptDisable) === 0;
    if (isSeen === this.wasSeen) return;
    this.wasSeen = isSeen;
    this.observer.onInterrupt(isSeen);
  }

  /** Power-on values, and which bits writes reach. */
  private layOut(): void {
    const { view, writable, device } = this;
    const { identity } = device;
    this.bytes.fill(0);
    writable.fill(0);
    view.setUint16(REGISTER.vendorId, identity.vendorId, true);
    view.setUint16(REGISTER.deviceId, identity.deviceId, true);
    view.setUint8(REGISTER.revision, identity.revision ?? 0);
    view.setUint8(REGISTER.classCode, identity.classCode & 0xff);
    view.setUint16(REGISTER.classCode + 1, identity.classCode >>> 8, true);
    view.setUint8(REGISTER.headerType, this.isMultifunction ? MULTIFUNCTION : 0);
    view.setUint16(REGISTER.subsystemVendorId, identity.subsystemVendorId ?? 0, true);
    view.setUint16(REGISTER.subsystemId, identity.subsystemId ?? 0, true);
    view.setUint8(REGISTER.interruptPin, device.interruptPin ?? 0);
    writable[REGISTER.command] = COMMAND_WRITABLE & 0xff;
    writable[REGISTER.command + 1] = COMMAND_WRITABLE >>> 8;
    writable[REGISTER.cacheLineSize] = 0xff;
    writable[REGISTER.latencyTimer] = 0xff;
    if (device.interruptPin !== undefined) writable[REGISTER.interruptLine] = 0xff;
    for (const bar of device.bars ?? []) {
      const at = REGISTER.baseAddress + 4 * bar.index;
      const flags = bar.space === 'io' ? IO_SPACE : 'onPlaced' in bar && bar.isPrefetchable === true ? PREFETCHABLE : 0;
      this.layOutAddress(at, bar.byteLength, flags);
    }
    if (this.romBytes > 0) {
      this.layOutAddress(REGISTER.romBaseAddress, this.romBytes, 0);
      writable[REGISTER.romBaseAddress] = ROM_ENABLE;
    }
    this.layOutCapabilities();
    for (const register of device.registers ?? []) {
      this.bytes[register.offset] = register.reset ?? 0;
      writable[register.offset] = register.writable ?? 0;
    }
  }

  private layOutAddress(at: number, byteLength: number, flags: number): void {
    this.view.setUint32(at, flags, true);
    const mask = new DataView(this.writable.buffer);
    mask.setUint32(at, -byteLength, true);
  }

  private layOutCapabilities(): void {
    let pointerAt: number = REGISTER.capabilities;
    let next: number = REGISTER.deviceSpecific;
    for (const { bytes, offset = next } of this.device.capabilities ?? []) {
      this.bytes.set(bytes, offset);
      this.bytes[offset + 1] = 0;
      this.bytes[pointerAt] = offset;
      pointerAt = offset + 1;
      next = Math.ceil((offset + bytes.length) / 4) * 4;
    }
    if (pointerAt !== REGISTER.capabilities) this.view.setUint16(REGISTER.status, STATUS_CAPABILITIES, true);
  }
}

function liesIn({ offset, byteLength }: PciWindow, at: number, width: AccessWidth): boolean {
  return at >= offset && at + width <= offset + byteLength;
}

/** Where a base address register's range answers; a range at 0 or beyond its space's end is not decoded. */
function placed(register: number, { space, byteLength }: PciBar): number | undefined {
  const address = (register & -byteLength) >>> 0;
  if (space === 'memory') return isInMemory(address, byteLength) ? address : undefined;
  return address > 0 && address + byteLength <= 0x10000 ? address : undefined;
}

/** While a driver sizes a range it holds the highest address; there the interrupt controllers and firmware are. */
function isInMemory(address: number, byteLength: number): boolean {
  return address > 0 && address + byteLength < 2 ** 32;
}
