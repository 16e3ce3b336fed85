import type { AccessWidth, ProcessorBus } from '../../engine/VirtualProcessor.ts';
import type { BusDevice } from '../BusDevice.ts';
import type { ContainmentSink } from '../containment/ContainmentLog.ts';
import type { PortRange } from '../profiles/MachineProfile.ts';
import type { PortTaps } from './PortTaps.ts';

const PORT_COUNT = 0x10000;

/** Consecutive physical addresses of a device, counted from `offset` within it. */
export interface MmioRange {
  readonly first: number;
  readonly byteLength: number;
  readonly offset?: number;
  /** Widest access that the device takes whole. 4 unless given. */
  readonly width?: AccessWidth;
}

/** How often a device was reached. */
export interface DeviceAccesses {
  readonly id: string;
  readonly reads: number;
  readonly writes: number;
}

/** Consecutive addresses at which a device answers at present. */
export interface DevicePlace {
  readonly id: string;
  readonly space: 'port' | 'memory';
  readonly first: number;
  readonly byteLength: number;
}

/** A range that firmware or a driver places while the machine runs. */
export interface MovableRange {
  /** Answers from this address on, or nowhere. A fixed range keeps what both claim. */
  moveTo(first: number | undefined): void;
}

interface Mapping {
  readonly device: BusDevice;
  /** Infinity while a movable range lies nowhere. */
  first: number;
  /** First address after the range. */
  end: number;
  readonly offset: number;
  readonly width: AccessWidth;
  reads: number;
  writes: number;
}

function allOnes(width: AccessWidth): number {
  return width === 4 ? 0xffff_ffff : width === 2 ? 0xffff : 0xff;
}

function half(width: AccessWidth): AccessWidth {
  return width === 4 ? 2 : 1;
}

/**
 * The machine's address decoder: ports and memory-mapped ranges to devices, once for all vCPUs.
 *
 * An access wider than its device, or one that leaves the device's range, is split in halves as ISA's
 * bus controller does, low half first. Where nobody answers, reads give all ones, writes are dropped, and
 * the attempt is reported once, with its full width.
 */
export class SystemBus implements ProcessorBus {
  /** Port accesses and memory-mapped accesses so far. */
  readonly counts = { portReads: 0, portWrites: 0, mmioReads: 0, mmioWrites: 0 };
  private readonly containment: ContainmentSink;
  private readonly taps: PortTaps;
  private readonly mappings: Mapping[] = [];
  /** Index into `mappings` plus one; 0: nobody. */
  private readonly portTable = new Uint16Array(PORT_COUNT);
  /** Indices into `mappings` plus one of the movable ranges, in the order in which they were added. */
  private readonly movablePorts: number[] = [];
  private readonly mmioMappings: Mapping[] = [];

  constructor(containment: ContainmentSink, taps: PortTaps) {
    this.containment = containment;
    this.taps = taps;
  }

  /** Throws when a port is taken: a mistake in a profile, not in the guest. */
  mapPorts(device: BusDevice, range: PortRange): void {
    const { first, count, offset = 0, width = 1 } = range;
    // A range narrower than its width is one register, whose accesses reach over the next port.
    const end = first + Math.max(count, width);
    this.mappings.push({ device, first, end, offset, width, reads: 0, writes: 0 });
    for (let port = first; port < first + count; port++) {
      if (this.portTable[port] !== 0) throw new Error(`port 0x${port.toString(16)} is taken, wanted by ${device.id}`);
      this.portTable[port] = this.mappings.length;
    }
  }

  mapMmio(device: BusDevice, range: MmioRange): void {
    const { first, byteLength, offset = 0, width = 4 } = range;
    this.mmioMappings.push({ device, first, end: first + byteLength, offset, width, reads: 0, writes: 0 });
  }

  /** Ports that lie nowhere yet. */
  addMovablePorts(device: BusDevice, count: number, width: AccessWidth): MovableRange {
    const mapping: Mapping = { device, first: Infinity, end: Infinity, offset: 0, width, reads: 0, writes: 0 };
    this.mappings.push(mapping);
    this.movablePorts.push(this.mappings.length);
    return {
      moveTo: (first) => {
        this.liftMovablePorts();
        mapping.first = first ?? Infinity;
        mapping.end = mapping.first + count;
        this.layMovablePorts();
      },
    };
  }

  /** Addresses that lie nowhere yet. */
  addMovableMmio(device: BusDevice, byteLength: number, width: AccessWidth): MovableRange {
    const mapping: Mapping = { device, first: Infinity, end: Infinity, offset: 0, width, reads: 0, writes: 0 };
    this.mmioMappings.push(mapping);
    return {
      moveTo: (first) => {
        mapping.first = first ?? Infinity;
        mapping.end = mapping.first + byteLength;
      },
    };
  }

  deviceAccesses(): readonly DeviceAccesses[] {
    const byId = new Map<string, { reads: number; writes: number }>();
    for (const { device, reads, writes } of [...this.mappings, ...this.mmioMappings]) {
      const sum = byId.get(device.id) ?? { reads: 0, writes: 0 };
      byId.set(device.id, { reads: sum.reads + reads, writes: sum.writes + writes });
    }
    return [...byId].map(([id, sum]) => ({ id, ...sum }));
  }

  /** Where devices answer, in the order of their addresses; of ranges that overlap, all. */
  places(): readonly DevicePlace[] {
    const placed = (space: DevicePlace['space'], mappings: readonly Mapping[]): DevicePlace[] =>
      mappings
        .filter(({ first }) => first !== Infinity)
        .map(({ device, first, end }) => ({ id: device.id, space, first, byteLength: end - first }))
        .sort((a, b) => a.first - b.first);
    return [...placed('port', this.mappings), ...placed('memory', this.mmioMappings)];
  }

  portRead(port: number, width: AccessWidth): number {
    this.counts.portReads++;
    if (this.isUnownedPort(port, width)) {
      if (!this.taps.isTapped(port)) this.containment.report('unknown-port', 'read', port);
      return allOnes(width);
    }
    return this.readPort(port, width);
  }

  portWrite(port: number, width: AccessWidth, value: number): void {
    this.counts.portWrites++;
    const isTapped = !this.taps.isEmpty && this.taps.onWrite(port, width, value);
    if (this.isUnownedPort(port, width)) {
      if (!isTapped) this.containment.report('unknown-port', 'write', port, value);
      return;
    }
    this.writePort(port, width, value);
  }

  portReadBlock(port: number, width: AccessWidth, target: Uint8Array): number {
    const mapping = this.portMapping(port, width);
    const moved = mapping?.device.readBlock?.(port - mapping.first + mapping.offset, width, target) ?? 0;
    if (mapping) mapping.reads += moved / width;
    this.counts.portReads += moved / width;
    return moved;
  }

  portWriteBlock(port: number, width: AccessWidth, source: Uint8Array): number {
    // Taps see every write.
    if (!this.taps.isEmpty) return 0;
    const mapping = this.portMapping(port, width);
    const moved = mapping?.device.writeBlock?.(port - mapping.first + mapping.offset, width, source) ?? 0;
    if (mapping) mapping.writes += moved / width;
    this.counts.portWrites += moved / width;
    return moved;
  }

  mmioRead(physicalAddress: number, width: AccessWidth): number {
    this.counts.mmioReads++;
    const mapping = this.findMmio(physicalAddress);
    if (mapping === undefined) {
      this.containment.report('outside-ram', 'read', physicalAddress);
      return allOnes(width);
    }
    return this.readMmio(mapping, physicalAddress, width);
  }

  mmioWrite(physicalAddress: number, width: AccessWidth, value: number): void {
    this.counts.mmioWrites++;
    const mapping = this.findMmio(physicalAddress);
    if (mapping === undefined) this.containment.report('outside-ram', 'write', physicalAddress, value);
    else this.writeMmio(mapping, physicalAddress, width, value);
  }

  private liftMovablePorts(): void {
    for (const number of this.movablePorts) {
      const mapping = this.mappings[number - 1];
      if (mapping === undefined || mapping.first === Infinity) continue;
      for (let port = mapping.first; port < Math.min(mapping.end, PORT_COUNT); port++)
        if (this.portTable[port] === number) this.portTable[port] = 0;
    }
  }

  /** Where ranges overlap, the one that was added first answers. */
  private layMovablePorts(): void {
    for (const number of this.movablePorts) {
      const mapping = this.mappings[number - 1];
      if (mapping === undefined || mapping.first === Infinity) continue;
      for (let port = mapping.first; port < Math.min(mapping.end, PORT_COUNT); port++) {
        if (this.portTable[port] === 0) this.portTable[port] = number;
      }
    }
  }

  private isUnownedPort(port: number, width: AccessWidth): boolean {
    for (let i = 0; i < width; i++) if (this.portTable[(port + i) & 0xffff] !== 0) return false;
    return true;
  }

  private readPort(port: number, width: AccessWidth): number {
    const mapping = this.portMapping(port, width);
    if (mapping !== undefined) {
      mapping.reads++;
      return (mapping.device.read(port - mapping.first + mapping.offset, width) & allOnes(width)) >>> 0;
    }
    if (width === 1) return 0xff;
    const part = half(width);
    return (this.readPort(port, part) | (this.readPort((port + part) & 0xffff, part) << (8 * part))) >>> 0;
  }

  private writePort(port: number, width: AccessWidth, value: number): void {
    const mapping = this.portMapping(port, width);
    if (mapping !== undefined) {
      mapping.writes++;
      mapping.device.write(port - mapping.first + mapping.offset, width, value);
      return;
    }
    if (width === 1) return;
    const part = half(width);
    this.writePort(port, part, value & allOnes(part));
    this.writePort((port + part) & 0xffff, part, value >>> (8 * part));
  }

  /** The device that takes this access whole. */
  private portMapping(port: number, width: AccessWidth): Mapping | undefined {
    const mapping = this.mappings[(this.portTable[port] ?? 0) - 1];
    return mapping !== undefined && width <= mapping.width && port + width <= mapping.end ? mapping : undefined;
  }

  private findMmio(physicalAddress: number): Mapping | undefined {
    for (const mapping of this.mmioMappings) {
      if (physicalAddress >= mapping.first && physicalAddress < mapping.end) return mapping;
    }
    return undefined;
  }

  private readMmio(mapping: Mapping, address: number, width: AccessWidth): number {
    if (width <= mapping.width && address + width <= mapping.end) {
      mapping.reads++;
      return (mapping.device.read(address - mapping.first + mapping.offset, width) & allOnes(width)) >>> 0;
    }
    if (width === 1) return 0xff;
    const part = half(width);
    const next = this.findMmio(address + part);
    const high = next === undefined ? allOnes(part) : this.readMmio(next, address + part, part);
    return (this.readMmio(mapping, address, part) | (high << (8 * part))) >>> 0;
  }

  private writeMmio(mapping: Mapping, address: number, width: AccessWidth, value: number): void {
    if (width <= mapping.width && address + width <= mapping.end) {
      mapping.writes++;
      mapping.device.write(address - mapping.first + mapping.offset, width, value);
      return;
    }
    if (width === 1) return;
    const part = half(width);
    const next = this.findMmio(address + part);
    this.writeMmio(mapping, address, part, value & allOnes(part));
    if (next !== undefined) this.writeMmio(next, address + part, part, value >>> (8 * part));
  }
}
