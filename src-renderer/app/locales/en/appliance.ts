export const appliance = {
  appliance: {
    debianMini:
      'Debian mini: Debian’s own Linux kernel and busybox, fetched from the package archive that this computer uses and put together here. A root shell on the screen and on the serial console, drivers for every drive and for the network. About 70 MiB to fetch the first time; no administrator rights are needed.',
    notHere: 'Cannot be built on this computer',
    steps: 'Steps of the build',
    'step-archive': 'Read the package archive',
    'step-kernel': 'Fetch the kernel',
    'step-programs': 'Fetch the programs',
    'step-unpack': 'Unpack',
    'step-pack': 'Build the initial RAM disk',
    'step-machine': 'Create the machine',
    build: 'Build',
    buildAndStart: 'Build and start',
    cancel: 'Stop building',
  },
};
