import { PIIX4_PM } from '../acpi/describeAcpiPm.ts';
import { IO_APIC, LOCAL_APIC } from '../apic/describeApics.ts';
import { describeDma8237, DMA_PAGES } from '../dma/describeDma.ts';
import { FDC82077 } from '../floppy/describeFdc82077.ts';
import { FW_CFG } from '../fwcfg/describeFwCfg.ts';
import { HPET } from '../hpet/describeHpet.ts';
import { BUS_MASTER_IDE, IDE_CHANNEL } from '../ide/describeIde.ts';
import { CONTROLLER_8042 } from '../keyboard/describeKeyboard.ts';
import { DP8390 } from '../network/describeDp8390.ts';
import { PARALLEL_PORT } from '../parallel/describeParallelPort.ts';
import { describePic8259 } from '../pic/describePic8259.ts';
import { PIT8254 } from '../pit/describePit8254.ts';
import { BYTE_SINK, COPROCESSOR_LATCH, PORT_61, PORT_92 } from '../platform/describePlatform.ts';
import { MC146818 } from '../rtc/describeMc146818.ts';
import { ES1370 } from '../sound/describeEs1370.ts';
import { UART16550 } from '../uart/describeUart16550.ts';
import { VBE_REGISTERS, VGA_REGISTERS } from '../vga/describeVga.ts';
import { describeVirtio } from '../virtio/describeVirtio.ts';
import { VIRTIO_TYPE } from '../virtio/VirtioFunction.ts';
import type { DeviceDescription } from './RegisterReading.ts';

/** PCI functions that are no more than their configuration space. */
const configurationOnly = (model: string, group: DeviceDescription['group']): DeviceDescription => ({
  model,
  group,
  registers: () => [],
});

/** By the key of its state. What is not listed has nothing that a datasheet names. */
const DESCRIPTIONS: Readonly<Record<string, DeviceDescription>> = {
  pic0: describePic8259(0),
  pic1: describePic8259(8),
  ioapic0: IO_APIC,
  pit0: PIT8254,
  rtc0: MC146818,
  hpet0: HPET,
  kbc0: CONTROLLER_8042,
  vga0: VGA_REGISTERS,
  vbe0: VBE_REGISTERS,
  'pci-vga': configurationOnly('VGA', 'display'),
  com1: UART16550,
  com2: UART16550,
  com3: UART16550,
  com4: UART16550,
  lpt1: PARALLEL_PORT,
  lpt2: PARALLEL_PORT,
  lpt3: PARALLEL_PORT,
  debug0: BYTE_SINK,
  'debug-bios': BYTE_SINK,
  post0: BYTE_SINK,
  fdc0: FDC82077,
  ide0: IDE_CHANNEL,
  ide1: IDE_CHANNEL,
  'piix-ide': BUS_MASTER_IDE,
  net0: DP8390,
  sound0: ES1370,
  'virtio-blk0': describeVirtio(VIRTIO_TYPE.block),
  'virtio-net0': describeVirtio(VIRTIO_TYPE.network),
  'virtio-console0': describeVirtio(VIRTIO_TYPE.console),
  'virtio-rng0': describeVirtio(VIRTIO_TYPE.entropy),
  i440fx: configurationOnly('82441FX', 'board'),
  piix3: configurationOnly('82371SB ISA', 'board'),
  pm0: PIIX4_PM,
  dma0: describeDma8237(0),
  dma1: describeDma8237(4),
  'dma-pages': DMA_PAGES,
  port61: PORT_61,
  port92: PORT_92,
  coprocessor0: COPROCESSOR_LATCH,
  fwcfg0: FW_CFG,
};

/** Undefined: there is nothing to tell of such a device. */
export function descriptionOf(id: string): DeviceDescription | undefined {
  return /^lapic\d+$/.test(id) ? LOCAL_APIC : DESCRIPTIONS[id];
}
