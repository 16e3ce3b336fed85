import type { IoApicPin } from '../apic/IoApic.ts';
import type { PicInput } from '../pic/Pic8259.ts';
import type { InterruptWire } from '../platform/InterruptWires.ts';

/** A request line, and what both interrupt controllers make of it. */
export interface InterruptRoute extends InterruptWire {
  readonly pic: PicInput;
  /** Null in machines without an I/O APIC. */
  readonly ioApic: IoApicPin | null;
}

/** A PCI interrupt line, and the ISA request that the bridge leads it to. */
export interface PciInterruptLine {
  /** `PIRQA#`. */
  readonly name: string;
  /** Null: none. */
  readonly irq: number | null;
  readonly functions: readonly { readonly id: string; readonly isAsserted: boolean }[];
}

/** How interrupts come to a processor. */
export interface ProcessorInterrupts {
  readonly vcpu: number;
  /** Null: it has none. */
  readonly localApic: {
    readonly isEnabled: boolean;
    /** LINT0 lets the 8259s' interrupts through. */
    readonly acceptsPic: boolean;
    /** Vectors that it has taken from its local APIC, and how often. */
    readonly taken: readonly { readonly vector: number; readonly count: number }[];
  } | null;
}

/** The ways that interrupts take through a machine at present; counts are since it was made. */
export interface InterruptRouting {
  readonly routes: readonly InterruptRoute[];
  readonly pciLines: readonly PciInterruptLine[];
  readonly processors: readonly ProcessorInterrupts[];
}
