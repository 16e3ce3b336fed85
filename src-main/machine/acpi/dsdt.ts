import { USUAL_ROUTES } from '../pci/Piix3.ts';
import {
  type Aml,
  device,
  eisaId,
  integer,
  irq,
  memoryRange,
  named,
  packageOf,
  ports,
  resources,
  scope,
  wordRange,
} from './Aml.ts';
import { S5_SLEEP_TYPE } from './AcpiPm.ts';

const PCI_DEVICES = 31;
const PINS = 4;
/** Below the I/O APIC and the HPET. */
const PCI_HOLE_END = 0xfebf_ffff;

/** Where PCI devices may lie in memory: from 2 GiB on, or above RAM where there is more; as SeaBIOS has it. */
export function pciHoleStart(memoryBytes: number): number {
  return memoryBytes <= 0x8000_0000 ? 0x8000_0000 : 0xc000_0000;
}

/** The description of the machine's devices, as AML: the PCI bus, its interrupts, ISA devices, and how to power off. */
export function dsdt(memoryBytes: number): Aml {
  return [
    ...named('\\_S5', packageOf(integer(S5_SLEEP_TYPE), integer(S5_SLEEP_TYPE), integer(0), integer(0))),
    ...scope(
      '\\_SB',
      device(
        'PCI0',
        named('_HID', eisaId('PNP0A03')),
        named('_UID', integer(0)),
        named('_ADR', integer(0)),
        named('_CRS', hostBridgeResources(memoryBytes)),
        named('_PRT', interruptRouting()),
        device(
          'ISA',
          named('_ADR', integer(0x1_0000)),
          isaDevice('RTC', 'PNP0B00', ports(0x70, 2), irq(8)),
          isaDevice('KBD', 'PNP0303', ports(0x60, 1), ports(0x64, 1), irq(1)),
          isaDevice('MOU', 'PNP0F13', irq(12)),
          isaDevice('COM1', 'PNP0501', ports(0x3f8, 8), irq(4)),
          isaDevice('COM2', 'PNP0501', ports(0x2f8, 8), irq(3)),
          isaDevice('COM3', 'PNP0501', ports(0x3e8, 8), irq(4)),
          isaDevice('COM4', 'PNP0501', ports(0x2e8, 8), irq(3)),
          isaDevice('LPT1', 'PNP0400', ports(0x378, 3), irq(7)),
        ),
      ),
    ),
  ];
}

function isaDevice(name: string, id: string, ...descriptors: Aml[]): Aml {
  return device(
    name,
    named('_HID', eisaId(id)),
    named('_STA', integer(0x0f)),
    named('_CRS', resources(...descriptors)),
  );
}

function hostBridgeResources(memoryBytes: number): Aml {
  return resources(
    wordRange('bus', 0, 0xff),
    ports(0xcf8, 8),
    wordRange('io', 0, 0xcf7),
    wordRange('io', 0xd00, 0xffff),
    memoryRange(0xa_0000, 0xb_ffff),
    memoryRange(pciHoleStart(memoryBytes), PCI_HOLE_END),
  );
}

/** Each pin's interrupt, the same by 8259 and by I/O APIC: where firmware routes the line that it is wired to. */
function interruptRouting(): Aml {
  const rows: Aml[] = [];
  for (let slot = 1; slot <= PCI_DEVICES; slot++) {
    for (let pin = 0; pin < PINS; pin++) {
      const interrupt = USUAL_ROUTES[(slot - 1 + pin) & 3] ?? 0;
      rows.push(packageOf(integer(slot * 0x1_0000 + 0xffff), integer(pin), integer(0), integer(interrupt)));
    }
  }
  return packageOf(...rows);
}
