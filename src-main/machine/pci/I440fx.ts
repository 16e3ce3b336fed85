import type { DeviceState } from '../BusDevice.ts';
import type { ShadowAccess, ShadowRam } from '../GuestMemory.ts';
import { checkVersion } from '../snapshot.ts';
import type { PciDevice, PciRegister } from './PciDevice.ts';

const PAM0 = 0x59;
const SMRAM_CONTROL = 0x72;
/** Read enable and write enable of a segment; the two halves of a register hold one each. */
const READ = 1,
  WRITE = 2;
const ACCESS: readonly ShadowAccess[] = ['rom', 'ram-read-only', 'ram-write-only', 'ram'];

/**
 * The 440FX's host bridge (Intel 82441FX datasheet, order 290549): PAM0 to PAM6 at 59h to 5Fh say what answers the
 * addresses from C0000h to FFFFFh. PAM0's high half governs F0000h to FFFFFh; each half of the others 16 KiB from
 * C0000h on. Bit 0 (4): reads go to RAM; bit 1 (5): writes do. Each goes to the expansion bus else, where the ROM is.
 *
 * SMRAM control (72h) is stored: there is no system management mode.
 */
export class I440fx implements PciDevice {
  readonly id: string;
  readonly identity = {
    vendorId: 0x8086,
    deviceId: 0x1237,
    classCode: 0x06_0000,
    revision: 2,
    subsystemVendorId: 0x1af4,
    subsystemId: 0x1100,
  };
  readonly registers: readonly PciRegister[];

  /** @param hasFirmware without a BIOS all of it is RAM from the start, as firmware would leave it */
  constructor(id: string, shadow: ShadowRam | undefined, hasFirmware: boolean) {
    this.id = id;
    const reset = hasFirmware ? 0 : 0x33;
    const apply = (first: number, byteLength: number, bits: number): void =>
      shadow?.setShadow({ first, byteLength }, ACCESS[bits & (READ | WRITE)] ?? 'rom');
    const pam = Array.from({ length: 7 }, (_, index): PciRegister => ({
      offset: PAM0 + index,
      reset: index === 0 ? reset & 0x30 : reset,
      writable: index === 0 ? 0x30 : 0x33,
      onChange: (value) => {
        if (index === 0) {
          apply(0xf_0000, 0x1_0000, value >>> 4);
          return;
        }
        const first = 0xc_0000 + 0x8000 * (index - 1);
        apply(first, 0x4000, value);
        apply(first + 0x4000, 0x4000, value >>> 4);
      },
    }));
    this.registers = [...pam, { offset: SMRAM_CONTROL, reset: 0x02, writable: 0x78 }];
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
  }
}
