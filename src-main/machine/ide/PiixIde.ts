import type { DeviceState } from '../BusDevice.ts';
import type { PciBar, PciDevice, PciIdentity, PciRegister, PciSlot } from '../pci/PciDevice.ts';
import { BusMaster, BusMasterPorts } from './BusMaster.ts';
import type { IdeChannel } from './IdeChannel.ts';

const BUS_MASTER_BYTES = 16;
/** IDETIM bit 15: the channel's ports are decoded. Set at reset, since a kernel may be started without firmware. */
const DECODE_ENABLE = 0x80;

/**
 * The IDE function of the 82371SB (Intel 82371SB PIIX3 datasheet, order 290550, "IDE interface"): it adds bus mastering to
 * the two channels at the old ports, which stay the channels' own (compatibility mode). 40h..44h hold the timings,
 * which have no effect here.
 */
export class PiixIde implements PciDevice {
  readonly id: string;
  readonly identity: PciIdentity = { vendorId: 0x8086, deviceId: 0x7010, classCode: 0x01_0180 };
  readonly bars: readonly PciBar[];
  readonly registers: readonly PciRegister[] = [0x40, 0x41, 0x42, 0x43, 0x44].map((offset) => ({
    offset,
    writable: 0xff,
    reset: offset === 0x41 || offset === 0x43 ? DECODE_ENABLE : 0,
  }));
  private readonly ports: BusMasterPorts;
  private readonly channels: readonly [IdeChannel, IdeChannel];
  private readonly masters: readonly [BusMaster, BusMaster] = [new BusMaster(), new BusMaster()];

  constructor(id: string, channels: readonly [IdeChannel, IdeChannel]) {
    this.id = id;
    this.channels = channels;
    this.ports = new BusMasterPorts(id, this.masters);
    this.bars = [{ index: 4, byteLength: BUS_MASTER_BYTES, space: 'io', device: this.ports, width: 1 }];
  }

  attach({ memory }: PciSlot): void {
    this.channels[0].attachBusMaster(this.masters[0], memory);
    this.channels[1].attachBusMaster(this.masters[1], memory);
  }

  reset(): void {
    this.ports.reset();
  }

  save(): DeviceState {
    return this.ports.save();
  }

  restore(state: DeviceState): void {
    this.ports.restore(state);
  }
}
