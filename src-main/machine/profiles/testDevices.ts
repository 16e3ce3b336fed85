import { TEST_MEMORY_BYTES } from '../platform/TestMemory.ts';
import type { MachineProfile } from './MachineProfile.ts';

/** Where test programs end by a write, as QEMU is told with `-device isa-debug-exit,iobase=0xf4`. */
export const TEST_EXIT_PORT = 0xf4;
const ISA_LINES = Array.from({ length: 16 }, (_, irq) => irq);

/** A machine of this kind with what programs that test processors and hypervisors ask for (QEMU, hw/misc/pc-testdev.c). */
export function withTestDevices(profile: MachineProfile): MachineProfile {
  return {
    ...profile,
    // prettier-ignore
    devices: [
      ...profile.devices,
      { kind: 'test-ports', id: 'test0', ports: [{ first: 0xe0, count: 8, width: 4 }, { first: 0x2000, count: ISA_LINES.length, offset: 8 }], irqs: ISA_LINES },
      { kind: 'test-memory', id: 'test-memory0', ports: [], memory: [{ first: 0xff00_0000, byteLength: TEST_MEMORY_BYTES }] },
    ],
  };
}
