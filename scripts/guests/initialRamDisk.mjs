/** What runs as process 1: shows a mark, obeys `guest.run=A+B` and `guest.exit=`, or offers a shell. */
const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root PS1='guest# '
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
case "$(cat /proc/cmdline)" in *console=ttyS0*) exec </dev/ttyS0 >/dev/ttyS0 2>&1;; esac
echo "GUEST-UP $(uname -m) $(awk '/MemTotal/{print $2}' /proc/meminfo) kB"
for word in $(cat /proc/cmdline); do
  case $word in
    guest.run=*) sh -c "$(echo "\${word#guest.run=}" | tr '+' ' ')"; echo "GUEST-RAN $?";;
    guest.exit=poweroff) poweroff -f;;
    guest.exit=reboot) reboot -f;;
  esac
done
while :; do setsid cttyhack sh -i; done
`;

const FOLDER = 0o040755,
  PROGRAM = 0o100755,
  LINK = 0o120777,
  CHARACTER_DEVICE = 0o020600;

/** A cpio archive (Linux, Documentation/driver-api/early-userspace/buffer-format.rst) with one program in it. */
export function initialRamDisk(busybox) {
  const parts = [];
  let inode = 1;
  const add = (name, mode, contents = Buffer.alloc(0), [major, minor] = [0, 0]) => {
    const fields = [inode++, mode, 0, 0, 1, 0, contents.length, 0, 0, major, minor, name.length + 1, 0];
    const header = `070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`;
    parts.push(padded(Buffer.from(header)), padded(contents));
  };
  for (const folder of ['bin', 'dev', 'proc', 'sys', 'tmp', 'root']) add(folder, FOLDER);
  add('bin/busybox', PROGRAM, busybox);
  add('bin/sh', LINK, Buffer.from('busybox'));
  add('dev/console', CHARACTER_DEVICE, undefined, [5, 1]);
  add('init', PROGRAM, Buffer.from(INIT));
  add('TRAILER!!!', 0);
  return Buffer.concat(parts);
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
