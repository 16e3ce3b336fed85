import { statSync } from 'node:fs';
import path from 'node:path';
import type { BootDevice, DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../../machine/images/openImage.ts';
import type { ProfileName } from '../../machine/profiles/profiles.ts';
import { type FileFinding, type FileUse, findFileUse, possibleUses } from './findFileUse.ts';

export interface ProposedFile {
  readonly path: string;
  /** What the machine is to do with it; null: nothing. */
  readonly use: FileUse | null;
  /** What else it could be tried as. */
  readonly uses: readonly FileUse[];
  /** In a drive: what becomes of the guest's writes. */
  readonly access: ImageAccess;
  /** One line on what it is. */
  readonly summary: string;
  /** Why it is of no use here, and what to do. */
  readonly problem: string | null;
}

/** A machine made to measure for some files; everything in it can be changed. */
export interface MachineProposal {
  readonly name: string;
  readonly files: readonly ProposedFile[];
  readonly profile: ProfileName;
  readonly memoryMiB: number;
  readonly bootOrder: readonly BootDevice[];
  /** Of a kernel; empty when there is none. */
  readonly commandLine: string;
  /** One of the files is a kernel, which takes a command line and an initial RAM disk. */
  readonly hasKernel: boolean;
  /** The files are media or a kernel: what to do with them is worth a look before the machine is made. */
  readonly isSystem: boolean;
}

const MEMORY_MIB = { program: 16, diskette: 64, kernel: 256, system: 512, most: 2048 } as const;
/** An initial RAM disk is unpacked beside itself, often to four times its size. */
const INITRD_FACTOR = 8;
const DISK_SLOTS: readonly DriveSlot[] = ['hda', 'hdb', 'vda'];
/** On the screen and on COM1: messages go to both, and the last one is the kernel's own console. */
const CONSOLES = 'console=tty0 console=ttyS0';
/** The kernel's test of its timer fails on a host that is too busy to run the machine for ten ticks. */
const NO_TIMER_CHECK = 'no_timer_check';

/** Looks at files and thinks of a machine that makes use of them. */
export function proposeMachine(paths: readonly string[]): MachineProposal {
  const found = paths.map((file) => ({ path: file, finding: findFileUse(file), byteLength: lengthOf(file) }));
  const hasKernel = found.some(({ finding }) => finding.kind === 'program' && finding.isKernel);
  const taken = new Set<FileUse>();
  const files = found.map(({ path: file, finding, byteLength }): ProposedFile => {
    const wish = wishFor(finding, hasKernel, taken);
    if (wish.use !== null) taken.add(wish.use);
    return {
      path: file,
      use: wish.use,
      uses: possibleUses(finding, byteLength),
      access: finding.kind === 'medium' && finding.drive !== 'cdrom' ? 'read-write' : 'read-only',
      summary: finding.kind === 'unusable' ? '' : finding.summary,
      problem: wish.problem,
    };
  });
  const findings = found.map(({ finding }) => finding);
  const media = findings.filter((finding) => finding.kind === 'medium');
  return {
    name: nameFor(files),
    files,
    profile: 'pc',
    memoryMiB: memoryFor(findings, hasKernel, found),
    bootOrder: bootOrderFor(media),
    commandLine: hasKernel ? [CONSOLES, NO_TIMER_CHECK, ...rootFor(files, findings)].join(' ') : '',
    hasKernel,
    isSystem: hasKernel || findings.some(isImage),
  };
}

function wishFor(
  finding: FileFinding,
  hasKernel: boolean,
  taken: ReadonlySet<FileUse>,
): { readonly use: FileUse | null; readonly problem: string | null } {
  const place = (uses: readonly FileUse[], full: string): { use: FileUse | null; problem: string | null } => {
    const use = uses.find((each) => !taken.has(each));
    return use === undefined ? { use: null, problem: full } : { use, problem: null };
  };
  switch (finding.kind) {
    case 'unusable':
      return { use: null, problem: finding.message };
    case 'initrd':
      if (hasKernel) return place(['initrd'], 'A kernel takes one initial RAM disk.');
      return {
        use: null,
        problem: finding.isCertain
          ? 'This is an initial RAM disk, which goes with a kernel: add its kernel (vmlinuz or bzImage).'
          : 'This is packed. Unpack it, or add the kernel (vmlinuz or bzImage) whose initial RAM disk it is.',
      };
    case 'program':
      return place(['program'], 'A machine starts one program: this one would need a machine of its own.');
    case 'firmware':
      return finding.what === 'bios'
        ? place(['bios'], 'A machine starts with one BIOS: this one would need a machine of its own.')
        : place(['vgabios'], 'A machine has one display adapter.');
    case 'medium':
      if (finding.drive === 'disk') return place(DISK_SLOTS, 'All three hard disks are taken.');
      if (finding.drive === 'cdrom') return place(['cdrom'], 'There is one CD-ROM drive. Insert this disc later.');
      return place(['floppy'], 'There is one floppy drive. Insert this diskette later.');
  }
}

function isImage(finding: FileFinding): boolean {
  if (finding.kind === 'unusable') return finding.isImage === true;
  return finding.kind === 'medium' || finding.kind === 'firmware' || (finding.kind === 'initrd' && finding.isCertain);
}

function nameFor(files: readonly ProposedFile[]): string {
  const first = files.find(({ use }) => use === 'program' || use === 'bios') ?? files.find(({ use }) => use !== null);
  return first === undefined ? '' : path.parse(first.path).name.slice(0, 60);
}

function memoryFor(
  findings: readonly FileFinding[],
  hasKernel: boolean,
  files: readonly { readonly finding: FileFinding; readonly byteLength: number }[],
): number {
  const drives = findings.flatMap((finding) => (finding.kind === 'medium' ? [finding.drive] : []));
  const initrdBytes = Math.max(0, ...files.map((file) => (file.finding.kind === 'initrd' ? file.byteLength : 0)));
  const needs: number[] = [MEMORY_MIB.program];
  if (drives.includes('floppy') || findings.some(({ kind }) => kind === 'firmware')) needs.push(MEMORY_MIB.diskette);
  if (hasKernel) needs.push(MEMORY_MIB.kernel, powerOfTwo((initrdBytes * INITRD_FACTOR) / 2 ** 20));
  if (drives.includes('disk') || drives.includes('cdrom')) needs.push(MEMORY_MIB.system);
  return Math.min(MEMORY_MIB.most, Math.max(...needs));
}

function powerOfTwo(value: number): number {
  return value <= 1 ? 1 : 2 ** Math.ceil(Math.log2(value));
}

/** What starts comes first: a diskette that somebody chose, a disk with a system on it, a CD that is to install one. */
function bootOrderFor(
  media: readonly { readonly drive: 'floppy' | 'disk' | 'cdrom'; readonly isBootable: boolean }[],
): BootDevice[] {
  const startable = (drive: BootDevice): boolean => media.some((each) => each.drive === drive && each.isBootable);
  const usual: readonly BootDevice[] = ['floppy', 'disk', 'cdrom'];
  return [...usual.filter(startable), ...usual.filter((drive) => !startable(drive))];
}

/** Where a kernel finds its root file system, when it comes without an initial RAM disk and with a disk. */
function rootFor(files: readonly ProposedFile[], findings: readonly FileFinding[]): string[] {
  if (files.some(({ use }) => use === 'initrd')) return [];
  const disk = files.findIndex(({ use }) => use !== null && DISK_SLOTS.some((slot) => slot === use));
  const finding = findings[disk];
  if (finding?.kind !== 'medium') return [];
  return [`root=/dev/sda${finding.hasBareFileSystem ? '' : '1'}`, 'rw'];
}

function lengthOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
