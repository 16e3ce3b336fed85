import { isaProfile } from './isa.ts';
import { VIRTIO_MMIO_BYTES } from '../virtio/VirtioMmio.ts';
import type { DeviceKind, MachineProfile, MemoryRange } from './MachineProfile.ts';

const KINDS: readonly DeviceKind[] = [
  'pic-master',
  'pic-slave',
  'pit',
  'port61',
  'rtc',
  'uart',
  'post',
  'debug-port',
  'power-port',
  'fw-cfg',
];

/** As in QEMU's microvm. */
const VIRTIO_ADDRESS = 0xfeb0_0000;

function virtioRange(index: number): MemoryRange {
  return { first: VIRTIO_ADDRESS + VIRTIO_MMIO_BYTES * index, byteLength: VIRTIO_MMIO_BYTES };
}

/** The least that a kernel needs: serial ports, interrupts, time, virtio, and a way to switch off. No keyboard, no screen. */
export const microProfile: MachineProfile = {
  name: 'micro',
  hasLocalApic: true,
  devices: [
    ...isaProfile.devices.filter(({ kind }) => KINDS.includes(kind)),
    // Kernels are told of them on their command line: virtio_mmio.device=512@0xfeb00000:5
    { kind: 'virtio-mmio', id: 'virtio-blk0', ports: [], memory: [virtioRange(0)], irqs: [5] },
    { kind: 'virtio-mmio', id: 'virtio-rng0', ports: [], memory: [virtioRange(1)], irqs: [10] },
    { kind: 'virtio-mmio', id: 'virtio-net0', ports: [], memory: [virtioRange(2)], irqs: [11] },
    { kind: 'virtio-mmio', id: 'virtio-console0', ports: [], memory: [virtioRange(3)], irqs: [12] },
  ],
};
