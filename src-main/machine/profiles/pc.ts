import { HPET_ADDRESS, HPET_BYTES } from '../hpet/Hpet.ts';
import { IO_APIC_ADDRESS, IO_APIC_BYTES } from '../apic/IoApic.ts';
import { isaProfile } from './isa.ts';
import type { MachineProfile } from './MachineProfile.ts';

/**
 * A PC with PCI, as an i440FX board with a PIIX3: what the `isa` profile has, at the same addresses, and the chipset's
 * own (Intel 440FX and 82371SB datasheets). PCI functions place themselves through configuration space.
 */
export const pcProfile: MachineProfile = {
  name: 'pc',
  hasLocalApic: true,
  // prettier-ignore
  devices: [
    // The power management function's PM1 control and a PCI adapter take the places of these.
    ...isaProfile.devices.filter(({ id }) => id !== 'power-qemu' && id !== 'net0'),
    { kind: 'pci-host', id: 'pci0', ports: [{ first: 0xcf8, count: 8, width: 4 }] },
    { kind: 'apm', id: 'apm0', ports: [{ first: 0xb2, count: 2 }] },
    // Where SeaBIOS writes what it does, if somebody reads as E9h (QEMU's isa-debugcon).
    { kind: 'debug-port', id: 'debug-bios', ports: [{ first: 0x402, count: 1 }] },
    { kind: 'io-apic', id: 'ioapic0', ports: [], memory: [{ first: IO_APIC_ADDRESS, byteLength: IO_APIC_BYTES }] },
    { kind: 'hpet', id: 'hpet0', ports: [], memory: [{ first: HPET_ADDRESS, byteLength: HPET_BYTES }] },
  ],
};
