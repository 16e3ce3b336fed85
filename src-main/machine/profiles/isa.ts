import type { MachineProfile } from './MachineProfile.ts';

/** A PC/AT without PCI, at the addresses of the IBM PC AT Technical Reference (1985), I/O address map. */
export const isaProfile: MachineProfile = {
  name: 'isa',
  hasLocalApic: false,
  // prettier-ignore
  devices: [
    { kind: 'pic-master', id: 'pic0', ports: [{ first: 0x20, count: 2 }, { first: 0x4d0, count: 1, offset: 2 }] },
    { kind: 'pic-slave', id: 'pic1', ports: [{ first: 0xa0, count: 2 }, { first: 0x4d1, count: 1, offset: 2 }] },
    { kind: 'pit', id: 'pit0', ports: [{ first: 0x40, count: 4 }], irqs: [0] },
    { kind: 'keyboard-controller', id: 'kbc0', ports: [{ first: 0x60, count: 1 }, { first: 0x64, count: 1, offset: 1 }], irqs: [1, 12] },
    { kind: 'port61', id: 'port61', ports: [{ first: 0x61, count: 1 }] },
    { kind: 'rtc', id: 'rtc0', ports: [{ first: 0x70, count: 2 }], irqs: [8] },
    // 190h is where firmware of Micro Channel machines, and test ROMs after them, write their codes.
    { kind: 'post', id: 'post0', ports: [{ first: 0x80, count: 1 }, { first: 0x190, count: 1 }] },
    { kind: 'port92', id: 'port92', ports: [{ first: 0x92, count: 1 }] },
    { kind: 'coprocessor', id: 'coprocessor0', ports: [{ first: 0xf0, count: 2 }], irqs: [13] },
    { kind: 'debug-port', id: 'debug0', ports: [{ first: 0xe9, count: 1 }] },
    { kind: 'uart', id: 'com1', ports: [{ first: 0x3f8, count: 8 }], irqs: [4] },
    { kind: 'uart', id: 'com2', ports: [{ first: 0x2f8, count: 8 }], irqs: [3] },
    { kind: 'uart', id: 'com3', ports: [{ first: 0x3e8, count: 8 }], irqs: [4] },
    { kind: 'uart', id: 'com4', ports: [{ first: 0x2e8, count: 8 }], irqs: [3] },
    { kind: 'parallel', id: 'lpt1', ports: [{ first: 0x378, count: 3 }], irqs: [7] },
    { kind: 'parallel', id: 'lpt2', ports: [{ first: 0x278, count: 3 }], irqs: [5] },
    { kind: 'parallel', id: 'lpt3', ports: [{ first: 0x3bc, count: 3 }], irqs: [7] },
    { kind: 'vga-registers', id: 'vga0', ports: [
      { first: 0x3b4, count: 2, offset: 0x04 }, { first: 0x3ba, count: 1, offset: 0x0a },
      { first: 0x3c0, count: 16, offset: 0x10 },
      { first: 0x3d4, count: 2, offset: 0x24 }, { first: 0x3da, count: 1, offset: 0x2a },
    ] },
    // Made only in machines that are on a network.
    { kind: 'ne2000', id: 'net0', ports: [{ first: 0x300, count: 16 }, { first: 0x310, count: 16, offset: 0x10, width: 2 }], irqs: [9] },
    { kind: 'vga-memory', id: 'vga0-memory', ports: [], memory: [{ first: 0xa0000, byteLength: 0x20000 }] },
    { kind: 'vbe', id: 'vbe0', ports: [{ first: 0x1ce, count: 1, width: 2 }, { first: 0x1cf, count: 1, offset: 1, width: 2 }] },
    { kind: 'dma-bytes', id: 'dma0', ports: [{ first: 0x00, count: 16 }] },
    { kind: 'dma-words', id: 'dma1', ports: [{ first: 0xc0, count: 32 }] },
    { kind: 'dma-pages', id: 'dma-pages', ports: [{ first: 0x81, count: 15, offset: 1 }] },
    { kind: 'floppy', id: 'fdc0', ports: [{ first: 0x3f0, count: 6 }, { first: 0x3f7, count: 1, offset: 7 }], irqs: [6] },
    { kind: 'ide', id: 'ide0', ports: [{ first: 0x1f0, count: 8, width: 4 }, { first: 0x3f6, count: 1, offset: 8 }], irqs: [14] },
    { kind: 'ide', id: 'ide1', ports: [{ first: 0x170, count: 8, width: 4 }, { first: 0x376, count: 1, offset: 8 }], irqs: [15] },
    { kind: 'fw-cfg', id: 'fwcfg0', ports: [{ first: 0x510, count: 12, width: 4 }] },
    // What QEMU's and Bochs' ACPI tables name as PM1a control, so that small kernels' power-off works unchanged.
    { kind: 'power-port', id: 'power-qemu', ports: [{ first: 0x604, count: 2, width: 2 }] },
    { kind: 'power-port', id: 'power-bochs', ports: [{ first: 0xb004, count: 2, width: 2 }] },
    { kind: 'power-port', id: 'power-text', ports: [{ first: 0x8900, count: 1, offset: 2 }] },
  ],
};
