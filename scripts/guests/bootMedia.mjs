import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './run.mjs';

const GRUB = '/usr/lib/grub/i386-pc';
const SECTOR_BYTES = 512;
const FLOPPY_BYTES = 1440 * 1024;
const MEBIBYTE = 1024 * 1024;

/** A diskette with GRUB alone: boot.img, and behind it all modules that its prompt needs. */
export function makeGrubFloppy(file) {
  const modules = ['biosdisk', 'normal', 'ls', 'echo', 'halt', 'reboot', 'lsmmap', 'fat', 'part_msdos'];
  run('grub-mkimage', ['-O', 'i386-pc', '-p', '(fd0)/boot/grub', '-o', file, ...modules]);
  writeFileSync(file, Buffer.concat([readFileSync(`${GRUB}/boot.img`), readFileSync(file)]));
  truncateSync(file, FLOPPY_BYTES);
}

/** A diskette with GRUB 0.97, which has it at fixed sectors: the first stage, and behind it the second. */
export function grubLegacyFloppy(stage1, stage2) {
  const diskette = Buffer.alloc(FLOPPY_BYTES);
  stage1.copy(diskette);
  stage2.copy(diskette, SECTOR_BYTES);
  return diskette;
}

/** A CD that boots by El Torito, and a hard disk as well, with GRUB and what its menu offers. */
export function makeGrubCd(file, { kernel, initrd, multibootKernel }) {
  inTemporaryFolder((tree) => {
    mkdirSync(path.join(tree, 'boot/grub'), { recursive: true });
    cpSync(kernel, path.join(tree, 'boot/vmlinuz'));
    cpSync(initrd, path.join(tree, 'boot/initrd.cpio'));
    cpSync(multibootKernel, path.join(tree, 'boot/invaders'));
    writeFileSync(
      path.join(tree, 'boot/grub/grub.cfg'),
      [
        'set timeout=-1',
        'menuentry "Debian" {',
        '  linux /boot/vmlinuz console=ttyS0 quiet cryptomgr.notests noisapnp',
        '  initrd /boot/initrd.cpio',
        '}',
        'menuentry "Invaders" {',
        '  multiboot /boot/invaders',
        '}',
        '',
      ].join('\n'),
    );
    run('grub-mkrescue', ['-d', GRUB, '-o', file, tree]);
  });
}

/** A diskette that starts a small kernel by SYSLINUX; its command line can be typed at the prompt. */
export function makeSyslinuxFloppy(file, kernel) {
  writeFileSync(file, Buffer.alloc(FLOPPY_BYTES));
  run('mformat', ['-i', file, '-f', '1440', '::']);
  run('syslinux', ['--install', file]);
  copyInto(file, {
    KERNEL: readFileSync(kernel),
    'SYSLINUX.CFG': Buffer.from('DEFAULT KERNEL\nPROMPT 1\nTIMEOUT 0\n'),
  });
}

/** A hard disk with a partition table, a FAT16 file system and SYSLINUX, which loads Linux through INT 13h. */
export function makeSyslinuxDisk(file, { masterBootRecord, kernel, initrd }) {
  const sectors = (64 * MEBIBYTE) / SECTOR_BYTES;
  const firstSector = 2048;
  const table = Buffer.alloc(SECTOR_BYTES);
  masterBootRecord.copy(table, 0, 0, 440);
  // Active, FAT16 addressed by sectors (0Eh); cylinders are not used.
  table.set([0x80, 0xfe, 0xff, 0xff, 0x0e, 0xfe, 0xff, 0xff], 446);
  table.writeUInt32LE(firstSector, 454);
  table.writeUInt32LE(sectors - firstSector, 458);
  table.writeUInt16LE(0xaa55, 510);
  writeFileSync(file, table);
  truncateSync(file, sectors * SECTOR_BYTES);
  const offset = firstSector * SECTOR_BYTES;
  const partition = `${file}@@${offset}`;
  run('mformat', [
    '-i',
    partition,
    '-T',
    String(sectors - firstSector),
    '-h',
    '255',
    '-s',
    '63',
    '-H',
    String(firstSector),
    '::',
  ]);
  run('syslinux', ['--offset', String(offset), '--install', file]);
  copyInto(partition, {
    VMLINUZ: readFileSync(kernel),
    'INITRD.IMG': readFileSync(initrd),
    'SYSLINUX.CFG': Buffer.from(
      'DEFAULT linux\nLABEL linux\nKERNEL VMLINUZ\nINITRD INITRD.IMG\nAPPEND console=ttyS0 quiet cryptomgr.notests noisapnp\n',
    ),
  });
}

function copyInto(image, files) {
  inTemporaryFolder((folder) => {
    for (const [name, contents] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), contents);
      run('mcopy', ['-i', image, path.join(folder, name), `::${name}`]);
    }
  });
}

function inTemporaryFolder(work) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vivarium-guests-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
