import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';

/** The read-only part of a function's configuration header (PCI Local Bus Specification 3.0, 6.2.1). */
export interface PciIdentity {
  readonly vendorId: number;
  readonly deviceId: number;
  /** Base class, subclass and programming interface, as the three bytes at 09h: 0x010180 is an IDE controller. */
  readonly classCode: number;
  readonly revision?: number;
  readonly subsystemVendorId?: number;
  readonly subsystemId?: number;
}

interface BaseAddress {
  /** Base address register 0..5. */
  readonly index: number;
  /** A power of two, in bytes: at least 4 in I/O space and 16 in memory. */
  readonly byteLength: number;
}

/** A range of ports or of memory that the guest's firmware or driver places. */
export type PciBar =
  /** Registers behind ports; `device` sees offsets from the range's start. */
  | (BaseAddress & { readonly space: 'io'; readonly device: BusDevice; readonly width?: AccessWidth })
  /** Registers in memory. */
  | (BaseAddress & { readonly space: 'memory'; readonly device: BusDevice; readonly width?: AccessWidth })
  /**
   * Memory that the device maps by itself, such as a frame buffer: it is told the physical address at which the
   * guest has placed and enabled it, or undefined while it is nowhere.
   */
  | (BaseAddress & {
      readonly space: 'memory';
      readonly isPrefetchable?: boolean;
      readonly onPlaced: (physicalAddress: number | undefined) => void;
    });

/** A byte of configuration space from 40h on that belongs to the device. */
export interface PciRegister {
  readonly offset: number;
  /** 0 unless given. */
  readonly reset?: number;
  /** Bits that writes change; none unless given. */
  readonly writable?: number;
  /** Told of the new value after each write, and of the value at reset and after a restore. */
  readonly onChange?: (value: number) => void;
}

/** A part of configuration space whose accesses reach the device itself. */
export interface PciWindow {
  readonly offset: number;
  readonly byteLength: number;
  /** @param at counts bytes from the window's start; the access lies inside */
  read(at: number, width: AccessWidth): number;
  write(at: number, width: AccessWidth, value: number): void;
}

/** What a device reaches of the machine through its slot. */
export interface PciSlot {
  /** Its interrupt pin: level triggered and shared. Asserted counts unless the guest disabled it (command bit 10). */
  readonly interrupt: InterruptLine;
  /**
   * Guest memory, and where there are local APICs the addresses of interrupt messages. While the guest has not made the
   * device a bus master, reads give ones and writes are dropped.
   */
  readonly memory: DeviceMemory;
}

/**
 * One function on the PCI bus. Configuration space with its base addresses, command and status is the bus's
 * business (`PciFunction`); the device describes itself and serves what its base addresses reach.
 *
 * State for snapshots does not include configuration space.
 */
export interface PciDevice {
  /** Stable key of this instance in snapshots and logs, e.g. `virtio-blk0`. */
  readonly id: string;
  readonly identity: PciIdentity;
  readonly bars?: readonly PciBar[];
  /** INTA# to INTD# as 1..4; absent: it never interrupts. */
  readonly interruptPin?: 1 | 2 | 3 | 4;
  /** Expansion ROM image; padded to a power of two. */
  readonly rom?: Uint8Array;
  readonly registers?: readonly PciRegister[];
  /**
   * Capability structures without their `next` byte's value: capability number first, then a byte that the bus
   * fills in (PCI Local Bus Specification 3.0, 6.7). Read-only; they lie from 40h on unless `offset` places them.
   */
  readonly capabilities?: readonly { readonly bytes: Uint8Array; readonly offset?: number }[];
  readonly window?: PciWindow;
  /** The device sits in its slot: called once, before anything else. */
  attach?(slot: PciSlot): void;
  /** Power-on state. */
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}
