import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import type { PciBar, PciDevice } from '../pci/PciDevice.ts';
import { registerRange } from '../pci/registerRange.ts';
import { checkVersion } from '../snapshot.ts';
import type { VgaAdapter } from './VgaAdapter.ts';

const VENDOR = 0x1234, DEVICE = 0x1111; // prettier-ignore
const FRAME_BUFFER_BAR = 0, REGISTER_BAR = 2; // prettier-ignore
const REGISTER_BYTES = 0x1000;
/** Ports 3C0h to 3DFh, and where they lie among the adapter's registers. */
const PORTS = { first: 0x400, end: 0x420, register: 0x10 } as const;
/** The VBE interface's registers side by side, 16 bits each. */
const VBE = { first: 0x500, end: 0x516 } as const;
/** Registers of QEMU's own: how many bytes of them there are, and the byte order of pixels. */
const EXTENSION = { size: 0x600, byteOrder: 0x604 } as const;
const EXTENSION_BYTES = 8;
const LITTLE_ENDIAN = 0x1e1e_1e1e;

/**
 * The display adapter on the PCI bus, as QEMU's "standard VGA" (QEMU, docs/specs/standard-vga.rst). Its ports and
 * A0000h..BFFFFh answer wherever it is placed.
 *
 * - base address 0: video memory, the linear frame buffer
 * - base address 2: 400h..41Fh ports 3C0h..3DFh; 500h..515h the VBE interface's registers, two bytes each; 600h length of
 *   the registers that follow, 604h byte order of pixels (read only: little-endian). There is no EDID in 0..3FFh.
 */
export class PciVga implements PciDevice {
  readonly id: string;
  readonly identity = {
    vendorId: VENDOR,
    deviceId: DEVICE,
    classCode: 0x03_0000,
    // From 2 on the extension registers are there.
    revision: 2,
    subsystemVendorId: 0x1af4,
    subsystemId: 0x1100,
  };
  readonly bars: readonly PciBar[];
  readonly rom?: Uint8Array;
  private readonly vga: VgaAdapter;

  /** @param rom the adapter's firmware, where it is one for this device: see {@link isRomOfVga} */
  constructor(id: string, vga: VgaAdapter, rom: Uint8Array | undefined) {
    this.id = id;
    this.vga = vga;
    if (rom) this.rom = rom;
    this.bars = [
      {
        index: FRAME_BUFFER_BAR,
        space: 'memory',
        byteLength: vga.videoBytes,
        isPrefetchable: true,
        onPlaced: (address) => vga.placeFrameBuffer(address),
      },
      { index: REGISTER_BAR, space: 'memory', byteLength: REGISTER_BYTES, device: this.controlRange(), width: 2 },
    ];
  }

  reset(): void {}

  /** The registers' state is the adapter's. */
  save(): DeviceState {
    return { version: 1 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
  }

  private controlRange(): BusDevice {
    return registerRange(this.id, {
      read: (offset, width) => this.read(offset, width),
      write: (offset, width, value) => this.write(offset, width, value),
    });
  }

  private read(offset: number, width: AccessWidth): number {
    const { registers, vbe } = this.vga;
    if (offset >= PORTS.first && offset < PORTS.end) {
      const low = registers.read(offset - PORTS.first + PORTS.register);
      return width === 1 ? low : low | (registers.read(offset + 1 - PORTS.first + PORTS.register) << 8);
    }
    const word = this.readWord(offset & ~1, vbe.readRegister((offset - VBE.first) >> 1));
    return width === 2 ? word : (word >> (8 * (offset & 1))) & 0xff;
  }

  private readWord(offset: number, vbeRegister: number): number {
    if (offset >= VBE.first && offset < VBE.end) return vbeRegister;
    if (offset === EXTENSION.size) return EXTENSION_BYTES;
    return offset === EXTENSION.byteOrder || offset === EXTENSION.byteOrder + 2 ? LITTLE_ENDIAN & 0xffff : 0;
  }

  private write(offset: number, width: AccessWidth, value: number): void {
    const { registers, vbe } = this.vga;
    if (offset >= PORTS.first && offset < PORTS.end) {
      const register = offset - PORTS.first + PORTS.register;
      registers.write(register, 1, value & 0xff);
      if (width === 2) registers.write(register + 1, 1, value >>> 8);
    } else if (offset >= VBE.first && offset < VBE.end && width === 2) {
      vbe.writeRegister((offset - VBE.first) >> 1, value);
    }
  }
}

/** Whether an option ROM names this device in its PCI data structure (PCI Firmware Specification 3.0, 5.1.2). */
export function isRomOfVga(rom: Uint8Array): boolean {
  const view = new DataView(rom.buffer, rom.byteOffset, rom.byteLength);
  if (rom.length < 0x1a || view.getUint16(0, true) !== 0xaa55) return false;
  const at = view.getUint16(0x18, true);
  if (at + 8 > rom.length) return false;
  const signature = String.fromCharCode(...rom.subarray(at, at + 4));
  return signature === 'PCIR' && view.getUint16(at + 4, true) === VENDOR && view.getUint16(at + 6, true) === DEVICE;
}
