import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice } from '../BusDevice.ts';
import type { PciDevice, PciRegister, PciWindow } from '../pci/PciDevice.ts';
import { partOf } from './configurationSpace.ts';

const CAPABILITY_VENDOR = 0x09;
const KIND = 5;
/** Where in configuration space the capability lies: behind those of the structures. */
const OFFSET = 0x90;
const CAPABILITY_BYTES = 20;
/** Fields of the capability. */
const BAR = 4,
  PLACE = 8,
  BYTE_LENGTH = 12,
  DATA = 16;

/**
 * The capability by which firmware reaches the structures without memory access (Virtual I/O Device 1.2, 4.1.4.9): the
 * driver writes the number of a base address register (4), an offset (8) and 1, 2 or 4 bytes (12); then the word at 16
 * is what lies there.
 */
export class ConfigurationAccess {
  readonly capability: NonNullable<PciDevice['capabilities']>[number] = {
    offset: OFFSET,
    bytes: Uint8Array.of(CAPABILITY_VENDOR, 0, CAPABILITY_BYTES, KIND),
  };
  readonly registers: readonly PciRegister[];
  readonly window: PciWindow;
  private readonly bar: number;
  private readonly byteLength: number;
  private readonly structures: BusDevice;
  private readonly fields = new Uint8Array(CAPABILITY_BYTES);
  private readonly view = new DataView(this.fields.buffer);

  /**
   * @param bar the base address register behind which the structures lie
   * @param byteLength of their range
   */
  constructor(bar: number, byteLength: number, structures: BusDevice) {
    this.bar = bar;
    this.byteLength = byteLength;
    this.structures = structures;
    const written = [BAR, ...Array.from({ length: DATA - PLACE }, (_, index) => PLACE + index)];
    this.registers = written.map((field) => ({
      offset: OFFSET + field,
      writable: 0xff,
      onChange: (value) => void (this.fields[field] = value),
    }));
    this.window = {
      offset: OFFSET + DATA,
      byteLength: CAPABILITY_BYTES - DATA,
      read: (at, width) => {
        const access = this.access();
        return access ? partOf(this.structures.read(access.offset, access.width), at, width) : 0;
      },
      write: (_, width, value) => {
        const access = this.access();
        if (access && width >= access.width)
          this.structures.write(access.offset, access.width, partOf(value, 0, access.width));
      },
    };
  }

  /** What the driver has described; undefined where it makes no sense. */
  private access(): { readonly offset: number; readonly width: AccessWidth } | undefined {
    const offset = this.view.getUint32(PLACE, true);
    const width = this.view.getUint32(BYTE_LENGTH, true);
    if (width !== 1 && width !== 2 && width !== 4) return undefined;
    if (this.fields[BAR] !== this.bar || offset % width !== 0 || offset + width > this.byteLength) return undefined;
    return { offset, width };
  }
}
