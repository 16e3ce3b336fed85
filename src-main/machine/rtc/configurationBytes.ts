import type { DriveEquipment } from '../drives/DriveBay.ts';
import { writeDriveConfiguration } from '../drives/driveConfiguration.ts';
import type { Mc146818 } from './Mc146818.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONVENTIONAL_KIB = 640;

/**
 * The bytes of CMOS memory by which firmware and boot loaders find the machine's equipment (IBM PC AT Technical
 * Reference, "Real-time Clock/CMOS RAM"; 34h, 35h and 5Fh as Bochs and QEMU have them).
 */
export function writeConfigurationBytes(
  rtc: Mc146818,
  memoryBytes: number,
  vcpuCount: number,
  drives: DriveEquipment,
): void {
  const word = (address: number, value: number): void => {
    rtc.setMemory(address, value & 0xff);
    rtc.setMemory(address + 1, value >> 8);
  };
  // 14h equipment: bit 1 coprocessor, bit 2 pointing device, bits 5..4 display 80x25 colour (00: has its own BIOS).
  rtc.setMemory(0x14, 0x06);
  word(0x15, CONVENTIONAL_KIB);
  const extendedKib = Math.max(0, Math.min(0xffff, memoryBytes / KIB - 1024));
  word(0x17, extendedKib);
  word(0x30, extendedKib);
  // Memory above 16 MiB, in units of 64 KiB.
  word(0x34, Math.max(0, Math.min(0xffff, Math.floor((memoryBytes - 16 * MIB) / (64 * KIB)))));
  rtc.setMemory(0x5f, vcpuCount - 1);
  writeDriveConfiguration(rtc, drives);
  // 2Eh checksum of 10h..2Dh, high byte first.
  let sum = 0;
  for (let address = 0x10; address <= 0x2d; address++) sum += rtc.memory(address);
  rtc.setMemory(0x2e, (sum >> 8) & 0xff);
  rtc.setMemory(0x2f, sum & 0xff);
}
