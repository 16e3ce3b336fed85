import type { AccessWidth, InterruptSource, ProcessorBus } from '../../engine/VirtualProcessor.ts';
import type { TimerService } from '../BusDevice.ts';
import { type ApicMessage, DELIVERY } from './ApicMessage.ts';
import { type ApicProcessor, LocalApic } from './LocalApic.ts';

/** Told when a level-triggered interrupt has been serviced somewhere. */
export type EndOfInterruptListener = (vector: number) => void;

/** Carries messages between the local APICs of a machine's processors and its I/O APICs (SDM vol. 3A, 11.2). */
export class ApicBus {
  private readonly localApics: LocalApic[] = [];
  private readonly listeners: EndOfInterruptListener[] = [];

  /** The local APIC of processor `number`. */
  addLocalApic(number: number, timers: TimerService, pic: InterruptSource, processor: ApicProcessor): LocalApic {
    const apic = new LocalApic(number, {
      timers,
      pic,
      processor,
      send: (message, from, shorthand) => {
        if (shorthand === 'none') this.deliver(message);
        else this.deliverTo(message, (each) => shorthand === 'all' || each !== from);
      },
      broadcastEndOfInterrupt: (vector) => {
        for (const listener of this.listeners) listener(vector);
      },
    });
    this.localApics.push(apic);
    return apic;
  }

  onEndOfInterrupt(listener: EndOfInterruptListener): void {
    this.listeners.push(listener);
  }

  deliver(message: ApicMessage): void {
    this.deliverTo(message, (apic) => apic.isAddressed(message));
  }

  private deliverTo(message: ApicMessage, isTarget: (apic: LocalApic) => boolean): void {
    const isForOne = message.deliveryMode === DELIVERY.lowestPriority;
    let lowest: LocalApic | undefined;
    for (const apic of this.localApics) {
      if (!isTarget(apic)) continue;
      if (!isForOne) apic.accept(message);
      else if (apic.takesInterrupts && apic.priority < (lowest?.priority ?? Infinity)) lowest = apic;
    }
    lowest?.accept(message);
  }
}

/** The machine's bus as one processor sees it: with its own local APIC over it. */
export function withLocalApic(bus: ProcessorBus, apic: LocalApic): ProcessorBus {
  return {
    portRead: (port, width) => bus.portRead(port, width),
    portWrite: (port, width, value) => bus.portWrite(port, width, value),
    portReadBlock: (port, width, target) => bus.portReadBlock?.(port, width, target) ?? 0,
    portWriteBlock: (port, width, source) => bus.portWriteBlock?.(port, width, source) ?? 0,
    mmioRead: (address: number, width: AccessWidth) =>
      apic.answers(address) ? apic.read(address - apic.baseAddress, width) : bus.mmioRead(address, width),
    mmioWrite: (address: number, width: AccessWidth, value: number) => {
      if (apic.answers(address)) apic.write(address - apic.baseAddress, width, value);
      else bus.mmioWrite(address, width, value);
    },
  };
}
