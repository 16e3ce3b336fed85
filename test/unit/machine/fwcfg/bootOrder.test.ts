import { expect, test } from 'vitest';
import { bootOrderFile } from '../../../../src-main/machine/fwcfg/bootOrder.ts';

function lines(...args: Parameters<typeof bootOrderFile>): string[] {
  const text = new TextDecoder().decode(bootOrderFile(...args).contents);
  expect(text.endsWith('\0')).toBe(true);
  return text.slice(0, -1).split('\n');
}

test('begins with the first choice, and what was left out comes last', () => {
  expect(lines(['cdrom'], undefined)).toEqual([
    '/pci@i0cf8/ide@1,1/drive@1/disk@0',
    '/pci@i0cf8/isa@1/fdc@03f0/floppy@0',
    '/pci@i0cf8/ide@1,1/drive@0/disk@0',
    '/pci@i0cf8/ide@1,1/drive@0/disk@1',
  ]);
});

test('counts a virtio disk among the disks, behind those of the IDE channels', () => {
  const names = lines(['disk', 'cdrom', 'floppy'], 5);
  expect(names.indexOf('/pci@i0cf8/scsi@5/disk@0,0')).toBe(2);
});
