/**
 * `npm run guests [-- [--only everyday] FOLDER]`: builds the guests of test/guests from unmodified Debian packages, into
 * node_modules/.cache/guests unless told otherwise. Wants a Debian-like system with apt-get, dpkg and xz, and the
 * network; leaves the system's package settings alone. What wants a tool that is missing is left out, and said.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  makeGrubCd,
  grubLegacyFloppy,
  makeGrubFloppy,
  makeSyslinuxDisk,
  makeSyslinuxFloppy,
} from './guests/bootMedia.mjs';
import { DebianPackages } from './guests/DebianPackages.mjs';
import { initialRamDisk, moduleFiles } from './guests/initialRamDisk.mjs';
import { makeRootDisk } from './guests/rootDisk.mjs';
import { missingCommands } from './guests/run.mjs';
import { importSource } from './setup/importSource.mjs';
import { inRoot } from './setup/paths.mjs';

const { unpackedKernel } = await importSource('src-main/hypervisor/appliances/unpackedKernel.ts');

/** Drivers that Debian's kernels have as modules. */
const MODULES = [
  ...['ata_piix', 'sd_mod', 'sr_mod', 'isofs', 'ext4', 'crc32c_generic', 'floppy', 'psmouse'],
  ...['virtio_pci', 'virtio_mmio', 'virtio_blk', 'virtio_net', 'virtio_rng', 'virtio_console', 'ne2k_pci'],
];

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const target = path.resolve(positionals[0] ?? inRoot('node_modules/.cache/guests'));
const inTarget = (name) => path.join(target, name);
const write = (name, contents) => writeFileSync(inTarget(name), contents);

try {
  mkdirSync(target, { recursive: true });
  const packages = await DebianPackages.open(target);
  const busybox = await packages.file('busybox-static', /^\.\/bin\/busybox$/);
  await makeLinux(packages, 'pae', 'linux-image-686-pae');
  write('initrd.cpio', initialRamDisk(busybox));
  if (values.only !== 'everyday') {
    await makeLinux(packages, '686', 'linux-image-686');
    await makeDrivers(packages, busybox);
    await fetchFirmware(packages);
    await fetchSystems(packages);
    makeDisks(busybox);
    await makeMedia(packages);
  }
  console.log(`The guests are in ${target}.`);
} catch (error) {
  console.error(`The guests could not be built: ${error.message}`);
  process.exitCode = 1;
}

async function makeLinux(packages, name, metapackage) {
  const image = await packages.file(await packages.kernelOf(metapackage), /^\.\/boot\/vmlinuz-/);
  const vmlinux = await unpackedKernel(image, new AbortController().signal);
  if (vmlinux === undefined) throw new Error('the kernel is packed neither by gzip nor by xz.');
  write(`vmlinuz-${name}`, image);
  write(`vmlinux-${name}`, vmlinux);
}

/** An initial RAM disk for the kernel without PAE that has drivers. */
async function makeDrivers(packages, busybox) {
  const files = await packages.files(await packages.kernelOf('linux-image-686'));
  write('initrd-drivers.cpio', initialRamDisk(busybox, moduleFiles(files, MODULES)));
}

async function fetchFirmware(packages) {
  write('bios-256k.bin', await packages.file('seabios', /^\.\/usr\/share\/seabios\/bios-256k\.bin$/));
  write('vgabios.bin', await packages.file('seabios', /^\.\/usr\/share\/seabios\/vgabios-isavga\.bin$/));
  write('bochs-legacy.bin', await packages.file('bochsbios', /^\.\/usr\/share\/bochs\/BIOS-bochs-legacy$/));
  write('bochs-latest.bin', await packages.file('bochsbios', /^\.\/usr\/share\/bochs\/BIOS-bochs-latest$/));
  write('bochs-vgabios.bin', await packages.file('vgabios', /^\.\/usr\/share\/vgabios\/vgabios\.bin$/));
}

async function fetchSystems(packages) {
  write('memtest.bin', await packages.file('memtest86+', /^\.\/boot\/memtest86\+ia32\.bin$/));
  write('ipxe.lkrn', await packages.file('ipxe', /^\.\/boot\/ipxe\.lkrn$/));
  write('ipxe.iso', await packages.file('ipxe', /^\.\/usr\/lib\/ipxe\/ipxe\.iso$/));
  write('gnumach', gunzipSync(await packages.file('gnumach-image-1.8-486', /^\.\/boot\/gnumach-.*\.gz$/)));
  write('invaders', await packages.file('grub-invaders', /^\.\/boot\/invaders\.exec$/));
  write('memdisk', await packages.file('syslinux-common', /^\.\/usr\/lib\/syslinux\/memdisk$/));
  for (const name of ['grub-rescue-floppy.img', 'grub-rescue-cdrom.iso'])
    write(name, await packages.file('grub-rescue-pc', new RegExp(`^\\./usr/lib/grub-rescue/${name}$`)));
  const stages = await packages.files('grub-legacy');
  const stage = (name) => stages.find((file) => file.name.endsWith(`/i386-pc/${name}`)).bytes;
  write('grub-legacy.img', grubLegacyFloppy(stage('stage1'), stage('stage2')));
}

function makeDisks(busybox) {
  if (lacks('The disk image', ['mke2fs'], 'e2fsprogs')) return;
  makeRootDisk(inTarget('root.ext4'), busybox);
}

async function makeMedia(packages) {
  const kernel = inTarget('vmlinuz-686');
  const initrd = inTarget('initrd.cpio');
  if (
    !lacks(
      'GRUB’s diskette and CD',
      ['grub-mkimage', 'grub-mkrescue', 'xorriso', 'mformat'],
      'grub-common grub-pc-bin xorriso mtools',
    )
  ) {
    makeGrubFloppy(inTarget('grub-floppy.img'));
    makeGrubCd(inTarget('grub.iso'), { kernel, initrd, multibootKernel: inTarget('invaders') });
  }
  if (!lacks('SYSLINUX’s diskette and disk', ['syslinux', 'mformat', 'mcopy'], 'syslinux mtools')) {
    makeSyslinuxFloppy(inTarget('syslinux-floppy.img'), inTarget('memtest.bin'));
    const masterBootRecord = await packages.file('syslinux-common', /^\.\/usr\/lib\/syslinux\/mbr\/mbr\.bin$/);
    makeSyslinuxDisk(inTarget('syslinux-disk.img'), { masterBootRecord, kernel, initrd });
  }
}

/** Says what is left out for want of commands. */
function lacks(what, commands, packageNames) {
  const missing = missingCommands(commands);
  if (missing.length > 0)
    console.warn(`${what} cannot be made without ${missing.join(', ')} (apt-get install ${packageNames}).`);
  return missing.length > 0;
}
