import { type BootDevice, USUAL_BOOT_ORDER } from '../drives/DriveSlot.ts';
import type { FirmwareFile } from './FwCfg.ts';

/** Open Firmware's names of what a machine can start from, as SeaBIOS builds them (SeaBIOS, src/boot.c). */
const PATHS: Readonly<Record<BootDevice, readonly string[]>> = {
  floppy: ['/pci@i0cf8/isa@1/fdc@03f0/floppy@0'],
  disk: ['/pci@i0cf8/ide@1,1/drive@0/disk@0', '/pci@i0cf8/ide@1,1/drive@0/disk@1'],
  cdrom: ['/pci@i0cf8/ide@1,1/drive@1/disk@0'],
};

/**
 * The file `bootorder` (SeaBIOS, docs/Runtime_config.md): one name a line, the first choice first. What the owner left
 * out comes last, as in CMOS.
 *
 * @param virtioSlot where the virtio disk sits on the PCI bus, if there is one
 */
export function bootOrderFile(order: readonly BootDevice[], virtioSlot: number | undefined): FirmwareFile {
  const all = [...order, ...USUAL_BOOT_ORDER.filter((device) => !order.includes(device))];
  const lines = all.flatMap((device) => [
    ...PATHS[device],
    ...(device === 'disk' && virtioSlot !== undefined ? [`/pci@i0cf8/scsi@${virtioSlot.toString(16)}/disk@0,0`] : []),
  ]);
  return { name: 'bootorder', contents: new TextEncoder().encode(`${lines.join('\n')}\0`) };
}
