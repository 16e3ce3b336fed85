import type { DeviceState } from '../BusDevice.ts';
import type { PciBar, PciDevice, PciIdentity, PciSlot } from '../pci/PciDevice.ts';
import { Ne2000 } from './Ne2000.ts';
import type { NetworkAdapter, NetworkPort } from './NetworkPort.ts';

const PORTS = 0x20;

/** The NE2000 as a PCI board (Realtek RTL8029AS datasheet): the same ports behind a base address register. */
export class Rtl8029 implements PciDevice, NetworkAdapter {
  readonly id: string;
  readonly identity: PciIdentity = {
    vendorId: 0x10ec,
    deviceId: 0x8029,
    classCode: 0x020000,
    subsystemVendorId: 0x10ec,
    subsystemId: 0x8029,
  };
  readonly interruptPin = 1;
  readonly bars: readonly PciBar[];
  private readonly board: Ne2000;
  private slot: PciSlot | undefined;

  constructor(id: string, macAddress: Uint8Array, port: NetworkPort) {
    this.id = id;
    this.board = new Ne2000(id, macAddress, { set: (isAsserted) => this.slot?.interrupt.set(isAsserted) }, port);
    this.bars = [{ index: 0, byteLength: PORTS, space: 'io', device: this.board, width: 4 }];
  }

  get macAddress(): Uint8Array {
    return this.board.macAddress;
  }

  receive(frame: Uint8Array): boolean {
    return this.board.receive(frame);
  }

  attach(slot: PciSlot): void {
    this.slot = slot;
  }

  reset(): void {
    this.board.reset();
  }

  save(): DeviceState {
    return this.board.save();
  }

  restore(state: DeviceState): void {
    this.board.restore(state);
  }
}
