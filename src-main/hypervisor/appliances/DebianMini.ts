import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { done, refused } from '../results.ts';
import { describeFileError } from '../storage/files.ts';
import type { CreateVmRequest, Result } from '../types.ts';
import { CpioArchive } from './CpioArchive.ts';
import { DebianArchive } from './DebianArchive.ts';
import { INIT } from './debianMiniInit.ts';
import { type KernelModule, modulePlace, selectModules } from './kernelModules.ts';
import { Cancelled, runTool, ToolFailure } from './runTool.ts';
import { filesOfTar } from './tar.ts';
import { unpackedKernel } from './unpackedKernel.ts';

export type ApplianceStep = 'archive' | 'kernel' | 'programs' | 'unpack' | 'pack' | 'machine';

export type BuildOutcome = Result<CreateVmRequest> | { readonly ok: 'cancelled' };

const KERNEL_METAPACKAGE = 'linux-image-686-pae';
const KERNEL = /Depends: (linux-image-[^ :\n]+)/;
/** What the appliance can reach: disks, CDs, diskettes, what is on them, and the network adapter. */
const MODULES = [
  'ata_piix', 'ata_generic', 'sd_mod', 'sr_mod', 'floppy', 'virtio_blk', 'virtio_pci', 'ext4', 'vfat', 'isofs',
  'nls_cp437', 'nls_ascii', 'nls_utf8', 'ne2k-pci', 'af_packet', 'psmouse', 'button', 'evdev',
]; // prettier-ignore
const MEMORY_MIB = 256;
/**
 * The last console is the one that messages of `init` go to: the screen; both have a shell. The kernel's test of its timer
 * fails on a host that is too busy to run the machine for ten ticks.
 */
const COMMAND_LINE = 'console=ttyS0 console=tty0 no_timer_check cryptomgr.notests noisapnp';
const TOOLS = ['apt-get', 'apt-cache', 'dpkg', 'xz'] as const;
/** XEN_ELFNOTE_PHYS32_ENTRY: lengths of name and value, type, name (Xen, public/elfnote.h). */
const PVH_NOTE = Buffer.from([4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0]);
const NOTE_TYPE = 8;

/** What a host lacks to build it: a refusal that says so, or nothing. */
export async function checkHost(signal: AbortSignal): Promise<Result<null>> {
  for (const tool of TOOLS) {
    try {
      await runTool(tool, ['--version'], { signal });
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      return refused(
        'file-unreadable',
        `“Debian mini” is built from Debian’s packages with ${TOOLS.join(', ')}, and this computer has no ${tool}. On other systems, choose the kernel (vmlinuz) and initial RAM disk of a distribution under “Files” instead.`,
      );
    }
  }
  return done(null);
}

/**
 * A small Linux system made of unmodified Debian packages: the kernel, unpacked, and busybox with the
 * kernel modules for this machine's devices as its initial RAM disk. Fetched packages stay in `folder`.
 */
export async function buildDebianMini(
  folder: string,
  signal: AbortSignal,
  onProgress: (step: ApplianceStep, detail: string) => void,
): Promise<BuildOutcome> {
  try {
    const host = await checkHost(signal);
    if (!host.ok) return host;
    onProgress('archive', '');
    await mkdir(folder, { recursive: true });
    const archive = new DebianArchive(folder, signal);
    await archive.open();
    const kernelName = await archive.dependencyOf(KERNEL_METAPACKAGE, KERNEL);
    onProgress('kernel', kernelName);
    const kernelPackage = await archive.fetch(kernelName, (detail) => onProgress('kernel', detail));
    onProgress('programs', 'busybox-static');
    const busyboxPackage = await archive.fetch('busybox-static', (detail) => onProgress('programs', detail));
    onProgress('unpack', path.basename(kernelPackage));
    const kernelFiles = [...filesOfTar(await archive.unpack(kernelPackage))];
    const kernel = kernelFiles.find(({ name }) => /\/boot\/vmlinuz-/.test(name));
    const busybox = [...filesOfTar(await archive.unpack(busyboxPackage))].find(({ name }) =>
      name.endsWith('/bin/busybox'),
    );
    if (kernel === undefined || busybox === undefined)
      throw new ToolFailure('The packages do not hold what they should: a kernel and busybox.');
    onProgress('pack', '');
    const version = /vmlinuz-(.+)$/.exec(kernel.name)?.[1] ?? '';
    const image = Buffer.from(kernel.bytes);
    const unpacked = await unpackedKernel(image, signal);
    // Packed in another way, the kernel unpacks itself, only more slowly.
    const vmlinux = unpacked === undefined ? image : startedByBootProtocol(unpacked);
    return done({
      name: 'Debian mini',
      memoryMiB: MEMORY_MIB,
      profile: 'pc',
      notes: `Linux ${version} and busybox, from Debian’s packages ${kernelName} and busybox-static. A root shell is on the screen and on the serial console; “poweroff” switches the machine off. Nothing that is written survives, unless it is written to a disk.`,
      program: {
        kind: 'bytes',
        bytes: new Uint8Array(vmlinux),
        fileName: `vmlinux-${version}`,
        format: 'linux',
        commandLine: COMMAND_LINE,
        initrd: { kind: 'bytes', bytes: initialRamDisk(busybox.bytes, kernelFiles), fileName: 'debian-mini.cpio' },
      },
    });
  } catch (error) {
    if (error instanceof Cancelled) return { ok: 'cancelled' };
    if (error instanceof ToolFailure)
      return refused('file-unreadable', `“Debian mini” could not be built. ${error.message}`);
    return refused('storage-failed', `“Debian mini” could not be built: ${describeFileError(error)}.`);
  }
}

/**
 * A kernel with a PVH entry is started there, and not told of a screen; without the ELF note that names the entry it is
 * started by Linux's boot protocol, which tells.
 */
function startedByBootProtocol(kernel: Buffer): Buffer {
  const at = kernel.indexOf(PVH_NOTE);
  if (at >= 0) kernel.writeUInt32LE(0, at + NOTE_TYPE);
  return kernel;
}

function initialRamDisk(
  busybox: Uint8Array,
  kernelFiles: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const disk = new CpioArchive();
  for (const folder of ['bin', 'dev', 'etc', 'mnt', 'proc', 'root', 'sys', 'tmp']) disk.folder(folder);
  disk.file('bin/busybox', busybox, true);
  disk.link('bin/sh', 'busybox');
  disk.characterDevice('dev/console', 5, 1);
  disk.file('init', Buffer.from(INIT), true);
  const all = new Map<string, KernelModule>();
  let version = '';
  for (const { name, bytes } of kernelFiles) {
    const place = modulePlace(name);
    if (place === undefined) continue;
    version = place.version;
    all.set(place.name, { name: place.name, path: place.path, bytes });
  }
  const { modules, dependencies } = selectModules(all, MODULES);
  for (const { path: place, bytes } of modules) disk.file(`lib/modules/${version}/${place}`, bytes);
  disk.file(`lib/modules/${version}/modules.dep`, Buffer.from(dependencies));
  disk.file('etc/modules', Buffer.from(`${MODULES.join('\n')}\n`));
  return disk.finish();
}
