import type { BusDevice } from '../BusDevice.ts';

/** Registers behind a base address as the bus reaches them. What they hold is the PCI device's to reset and to save. */
export function registerRange(id: string, access: Pick<BusDevice, 'read' | 'write'>): BusDevice {
  return {
    id,
    read: (offset, width) => access.read(offset, width),
    write: (offset, width, value) => access.write(offset, width, value),
    reset: () => undefined,
    save: () => ({ version: 1 }),
    restore: () => undefined,
  };
}
