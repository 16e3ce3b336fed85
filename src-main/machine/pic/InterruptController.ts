import type { InterruptSource } from '../../engine/VirtualProcessor.ts';
import type { InterruptLine } from '../BusDevice.ts';
import type { Pic8259, PicInput } from './Pic8259.ts';

/** The master's input that the slave's INT drives (IBM PC AT Technical Reference). */
const CASCADE_LEVEL = 2;

/**
 * The AT's pair of 8259A: IRQ 0..7 on the master, 8..15 on the slave, whose INT is the master's input 2.
 * The processor's INTR is the master's INT.
 */
export class InterruptController implements InterruptSource {
  /** INTR rose or fell: the processor is to look. */
  onInterrupt: (() => void) | undefined;
  private readonly master: Pic8259;
  private readonly slave: Pic8259;

  constructor(master: Pic8259, slave: Pic8259) {
    this.master = master;
    this.slave = slave;
    slave.onOutput = (isAsserted) => master.setLine(CASCADE_LEVEL, isAsserted);
    master.onOutput = () => this.onInterrupt?.();
  }

  /** Input 2 of the master belongs to the slave; IRQ 2 of the old bus arrives as IRQ 9. */
  line(irq: number): InterruptLine {
    const number = irq === CASCADE_LEVEL ? 9 : irq;
    const pic = number < 8 ? this.master : this.slave;
    return { set: (isAsserted) => pic.setLine(number & 7, isAsserted) };
  }

  /** The input that a request of the ISA bus arrives at; see {@link line}. */
  input(irq: number): PicInput {
    return (irq < 8 ? this.master : this.slave).input(irq & 7);
  }

  isPending(): boolean {
    return this.master.isAsserted;
  }

  /** Some device could still interrupt the processor. */
  canInterrupt(): boolean {
    return this.master.canInterrupt;
  }

  /** Requests of this line would reach the processor as far as masks go. */
  isEnabled(irq: number): boolean {
    if (irq < 8) return this.master.isEnabled(irq);
    return this.master.isEnabled(CASCADE_LEVEL) && this.slave.isEnabled(irq & 7);
  }

  acknowledge(): number {
    const level = this.master.acknowledge();
    if (level < 0) return this.master.vectorOf(7);
    if (level !== CASCADE_LEVEL) return this.master.vectorOf(level);
    const slaveLevel = this.slave.acknowledge();
    // The slave's INT falls during INTA; if it has another request it rises again, an edge for the master.
    if (this.slave.isAsserted) {
      this.master.setLine(CASCADE_LEVEL, false);
      this.master.setLine(CASCADE_LEVEL, true);
    }
    return this.slave.vectorOf(slaveLevel < 0 ? 7 : slaveLevel);
  }
}
