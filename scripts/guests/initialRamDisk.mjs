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

const FOLDER = 0o040755,
  PROGRAM = 0o100755,
  LINK = 0o120777,
  CHARACTER_DEVICE = 0o020600;

const FOLDERS = ['bin', 'dev', 'proc', 'sys', 'tmp', 'root', 'mnt'];

/**
 * A cpio archive (Linux, Documentation/driver-api/early-userspace/buffer-format.rst) with busybox, the program above,
 * and other files.
 */
export function initialRamDisk(busybox, files = []) {
  const parts = [];
  let inode = 1;
  const add = (name, mode, contents = Buffer.alloc(0), [major, minor] = [0, 0]) => {
    const fields = [inode++, mode, 0, 0, 1, 0, contents.length, 0, 0, major, minor, name.length + 1, 0];
    const header = `070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`;
    parts.push(padded(Buffer.from(header)), padded(contents));
  };
  for (const folder of [...FOLDERS, ...foldersOf(files)]) add(folder, FOLDER);
  add('bin/busybox', PROGRAM, busybox);
  add('bin/sh', LINK, Buffer.from('busybox'));
  add('dev/console', CHARACTER_DEVICE, undefined, [5, 1]);
  add('init', PROGRAM, Buffer.from(INIT));
  for (const { name, contents } of files) add(name, PROGRAM, contents);
  add('TRAILER!!!', 0);
  return Buffer.concat(parts);
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

/** Folders that files lie in, outer ones first. */
function foldersOf(files) {
  const folders = new Set();
  for (const { name } of files) {
    const parts = name.split('/').slice(0, -1);
    parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')));
  }
  return [...folders];
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
