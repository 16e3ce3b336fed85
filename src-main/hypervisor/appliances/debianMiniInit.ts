/**
 * What runs as process 1: loads the modules, brings up the network where there is one, and offers a shell on the screen
 * and on the serial console.
 */
export const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root TERM=linux
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /etc
mount -t devpts devpts /dev/pts
hostname mini
printf 'root:x:0:0:root:/root:/bin/sh\\n' >/etc/passwd
printf "export PS1='mini# '\\n" >/etc/profile
cat >/etc/udhcpc <<'SCRIPT'
#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ifconfig $interface $ip netmask \${subnet:-255.255.255.0}
[ -n "$router" ] && route add default gw \${router%% *}
: >/etc/resolv.conf
for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
SCRIPT
chmod +x /etc/udhcpc
for module in $(cat /etc/modules); do modprobe -q $module; done
ifconfig lo up
if [ -e /sys/class/net/eth0 ]; then
  ifconfig eth0 up
  udhcpc -i eth0 -s /etc/udhcpc -q -t 5 -n >/dev/null 2>&1 &
fi
greet() {
  echo
  echo "Debian mini: Linux $(uname -r), $(awk '/MemTotal/{print int($2/1024)}' /proc/meminfo) MiB, busybox."
  echo "You are root. Disks: $(cd /sys/block; ls -d sd* sr* vd* fd* 2>/dev/null | tr '\\n' ' ')  Switch off: poweroff"
}
greet >/dev/tty0
greet >/dev/ttyS0
# What poweroff, reboot and halt ask of process 1. It only waits, since a trap comes when what is in front has ended.
trap 'sync; poweroff -f' USR2
trap 'sync; reboot -f' TERM
trap 'sync; halt -f' USR1
shell() {
  while :; do setsid -c sh -l <"$1" >"$1" 2>&1; done
}
shell /dev/ttyS0 &
shell /dev/tty1 &
# The machine's power button.
mkdir -p /etc/acpi/PWRF /var/log /var/run
printf '#!/bin/sh\\npoweroff\\n' >/etc/acpi/PWRF/00000080
chmod +x /etc/acpi/PWRF/00000080
acpid 2>/dev/null
while :; do wait; done
`;
