/** Kinds of device that a machine can be built from. */
export const DEVICE_KINDS = [
  'pic-master',
  'pic-slave',
  'pit',
  'rtc',
  'uart',
  'parallel',
  'keyboard-controller',
  'vga-registers',
  'vga-memory',
  'vbe',
  'port61',
  'port92',
  'coprocessor',
  'post',
  'debug-port',
  'power-port',
  'ne2000',
  'dma-bytes',
  'dma-words',
  'dma-pages',
  'floppy',
  'ide',
  'pci-host',
  'io-apic',
  'hpet',
  'apm',
  'fw-cfg',
  'virtio-mmio',
  'test-ports',
  'test-memory',
] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** Consecutive ports of a device: `first` reaches the device's register `offset` (0 unless given). */
export interface PortRange {
  readonly first: number;
  readonly count: number;
  readonly offset?: number;
  /**
   * Widest access that the device takes whole; wider ones are split, as on ISA. 1 unless given. A range of fewer ports
   * is a single register: an access to it is whole though its upper bytes lie at the next port.
   */
  readonly width?: 1 | 2 | 4;
}

/** Consecutive physical addresses of a device: `first` reaches the device's byte 0. */
export interface MemoryRange {
  readonly first: number;
  readonly byteLength: number;
}

/** One device of a machine and how it is wired. */
export interface ProfileRow {
  readonly kind: DeviceKind;
  /** Unique in the profile; the key in snapshots and logs. */
  readonly id: string;
  readonly ports: readonly PortRange[];
  /** Where memory-mapped accesses reach it. */
  readonly memory?: readonly MemoryRange[];
  /** ISA interrupt request lines that it drives, in the order that the device names them. */
  readonly irqs?: readonly number[];
}

/** A kind of PC as one table. */
export interface MachineProfile {
  readonly name: string;
  /** Processors have local APICs unless the owner says otherwise. */
  readonly hasLocalApic: boolean;
  readonly devices: readonly ProfileRow[];
}
