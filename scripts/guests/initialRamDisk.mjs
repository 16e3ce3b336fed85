import { importSource } from '../setup/importSource.mjs';

const { CpioArchive } = await importSource('src-main/hypervisor/appliances/CpioArchive.ts');
const { modulePlace, selectModules } = await importSource('src-main/hypervisor/appliances/kernelModules.ts');

/**
 * What runs as process 1, on the initial RAM disk and on the hard disk alike: shows a mark, obeys the words of the
 * kernel's command line that begin with `guest.`, in their order, or offers a shell.
 *
 * - `guest.modules=A+B`: loads kernel modules;
 * - `guest.root=DEVICE`: goes on from the ext4 file system there;
 * - `guest.run=A+B`: runs a command, + standing for spaces;
 * - `guest.exit=poweroff|reboot`: ends the system.
 */
const INIT = `#!/bin/busybox sh
[ -e /bin/sed ] || /bin/busybox --install -s /bin
export PATH=/bin HOME=/root PS1='guest# '
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
case "$(cat /proc/cmdline)" in *console=ttyS0*) exec </dev/ttyS0 >/dev/ttyS0 2>&1;; esac
words="$(cat /proc/cmdline)"
if [ -e /on-disk ]; then
  words="$(echo "$words" | sed 's/.*guest.root=[^ ]*//')"
else
  for word in $words; do
    case $word in
      guest.modules=*) for name in $(echo "\${word#guest.modules=}" | tr '+' ' '); do modprobe $name; done;;
      guest.root=*)
        mount -t ext4 "\${word#guest.root=}" /mnt
        umount /proc /sys
        exec switch_root /mnt /init;;
    esac
  done
fi
echo "GUEST-UP $(uname -m) $(awk '/MemTotal/{print $2}' /proc/meminfo) kB"
for word in $words; do
  case $word in
    guest.run=*) sh -c "$(echo "\${word#guest.run=}" | tr '+' ' ')"; echo "GUEST-RAN $?";;
    guest.exit=poweroff) sync; mount -o remount,ro / 2>/dev/null; poweroff -f;;
    guest.exit=reboot) reboot -f;;
  esac
done
while :; do setsid cttyhack sh -i; done
`;

const FOLDERS = ['bin', 'dev', 'proc', 'sys', 'tmp', 'root', 'mnt'];

/** An initial RAM disk with busybox, the program above, and other files. */
export function initialRamDisk(busybox, files = []) {
  const disk = new CpioArchive();
  for (const folder of FOLDERS) disk.folder(folder);
  disk.file('bin/busybox', busybox, true);
  disk.link('bin/sh', 'busybox');
  disk.characterDevice('dev/console', 5, 1);
  disk.file('init', Buffer.from(INIT), true);
  for (const { name, contents } of files) disk.file(name, contents);
  return disk.finish();
}

/** Modules of a kernel's package and what they depend on, and the list that modprobe reads, as files for the disk. */
export function moduleFiles(packageFiles, wanted) {
  const all = new Map();
  let folder = '';
  for (const { name: file, bytes } of packageFiles) {
    const place = modulePlace(file);
    if (place === undefined) continue;
    folder = `lib/modules/${place.version}`;
    all.set(place.name, { name: place.name, path: place.path, bytes });
  }
  const missing = wanted.filter((name) => !all.has(name));
  if (missing.length > 0) throw new Error(`the kernel’s package has no module ${missing.join(', ')}.`);
  const { modules, dependencies } = selectModules(all, wanted);
  return [
    { name: `${folder}/modules.dep`, contents: Buffer.from(dependencies) },
    ...modules.map(({ path, bytes }) => ({ name: `${folder}/${path}`, contents: bytes })),
  ];
}

/** The same as a hard disk's contents: files by their paths. */
export function rootFiles(busybox) {
  return {
    folders: FOLDERS,
    files: [
      { name: 'bin/busybox', contents: busybox },
      { name: 'init', contents: Buffer.from(INIT) },
      { name: 'on-disk', contents: Buffer.from('The system on the hard disk.\n') },
    ],
  };
}
