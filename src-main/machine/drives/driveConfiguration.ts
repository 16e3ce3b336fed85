import type { Geometry } from '../ide/identify.ts';
import type { Mc146818 } from '../rtc/Mc146818.ts';
import type { BootDevice } from './DriveSlot.ts';
import type { DriveEquipment } from './DriveBay.ts';

/** A type that says: see the bytes from 1Bh or 24h on. */
const EXTENDED_TYPE = 47;
/** Beyond so many cylinders firmware translates addresses. */
const MOST_BIOS_CYLINDERS = 1024;
/** As Bochs' and QEMU's firmware numbers them. */
const BOOT_NUMBERS: Readonly<Record<BootDevice, number>> = { floppy: 1, disk: 2, cdrom: 3 };

/**
 * The bytes of CMOS memory that tell of drives (IBM PC AT Technical Reference, "Real-time Clock/CMOS RAM"; 38h to
 * 3Dh as Bochs and QEMU have them): 10h floppy types, 12h, 19h..2Ch disks, 14h equipment, 38h and 3Dh boot order,
 * 39h translation. To be written before the checksum.
 */
export function writeDriveConfiguration(rtc: Mc146818, { floppyTypes, disks, bootOrder }: DriveEquipment): void {
  rtc.setMemory(0x10, (floppyTypes[0] << 4) | floppyTypes[1]);
  const count = floppyTypes.filter((type) => type > 0).length;
  if (count > 0) rtc.setMemory(0x14, rtc.memory(0x14) | 1 | ((count - 1) << 6));
  const [first, second] = disks;
  rtc.setMemory(0x12, (first ? 0xf0 : 0) | (second ? 0x0f : 0));
  let translation = 0;
  disks.forEach((disk, index) => {
    if (disk === undefined) return;
    writeDisk(rtc, index, disk);
    if (disk.cylinders > MOST_BIOS_CYLINDERS) translation |= 1 << (2 * index);
  });
  rtc.setMemory(0x39, translation);
  const [one = 0, two = 0, three = 0] = bootOrder.map((device) => BOOT_NUMBERS[device]);
  rtc.setMemory(0x3d, one | (two << 4));
  // Bit 0: a diskette need not end in 55AAh.
  rtc.setMemory(0x38, (three << 4) | 1);
}

function writeDisk(rtc: Mc146818, index: number, { cylinders, heads, sectorsPerTrack }: Geometry): void {
  const start = index === 0 ? 0x1b : 0x24;
  rtc.setMemory(0x19 + index, EXTENDED_TYPE);
  const [low, high] = [cylinders & 0xff, cylinders >> 8];
  // Cylinders, heads, precompensation (none), control byte (more than eight heads), landing zone, sectors.
  const bytes = [low, high, heads, 0xff, 0xff, 0xc0 | (heads > 8 ? 8 : 0), low, high, sectorsPerTrack];
  bytes.forEach((byte, offset) => rtc.setMemory(start + offset, byte));
}
