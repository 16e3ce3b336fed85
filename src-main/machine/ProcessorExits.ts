import type { VirtualProcessor, VmExit } from '../engine/VirtualProcessor.ts';
import type { CpuState } from '../engine/state/CpuState.ts';
import { FLAG } from '../engine/state/flags.ts';
import { CS, STATE } from '../engine/state/layout.ts';
import type { SystemBus } from './bus/SystemBus.ts';
import type { Chipset } from './Chipset.ts';
import type { ContainmentLog } from './containment/ContainmentLog.ts';
import { SpinDetector } from './containment/SpinDetector.ts';
import type { Firmware } from './firmware/Firmware.ts';
import type { GuestMemory } from './GuestMemory.ts';
import type { RealModeEntry } from './loaders/ProgramImage.ts';
import type { MachineExit } from './MachineExit.ts';
import { enterProgram } from './ProgramStart.ts';
import type { StopRequests } from './StopRequests.ts';
import type { GuestTime } from './timers/GuestTime.ts';
import { textMemorySum } from './vga/TextScreen.ts';

export interface ProcessorExitsParts {
  readonly processor: VirtualProcessor;
  readonly memory: GuestMemory;
  readonly chipset: Chipset;
  readonly bus: SystemBus;
  readonly time: GuestTime;
  readonly stops: StopRequests;
  readonly containment: ContainmentLog;
  /** The machine's own BIOS, if it has it. */
  readonly firmware: Firmware | undefined;
}

/** Linear address of a processor's next instruction. */
export function instructionAddress(state: CpuState): number {
  return (state.segmentBase(CS) + state.eip) >>> 0;
}

/** What the exits of the machine's processor mean for the machine: whether it goes on, and with what. */
export class ProcessorExits {
  private readonly parts: ProcessorExitsParts;
  private readonly spin = new SpinDetector();
  /** Where the processor is to go on after this instruction, which has reset it. */
  private resumption: RealModeEntry | undefined;

  constructor(parts: ProcessorExitsParts) {
    this.parts = parts;
  }

  /** Undefined: the machine goes on. */
  meaningOf(exit: VmExit): MachineExit | undefined {
    const { processor, stops, firmware } = this.parts;
    const isOwnKick = exit.reason === 'kick' && stops.takeOwnKick();
    firmware?.serve();
    // A shutdown cycle resets the processor as its pin does.
    if (exit.reason === 'shutdown') this.resumption = firmware?.takeResumption();
    if (this.resumption !== undefined) {
      processor.init();
      enterProgram(processor, this.resumption);
      this.resumption = undefined;
      return undefined;
    }
    const request = stops.takeRequest();
    if (request !== undefined) return request;
    switch (exit.reason) {
      case 'budget':
        this.lookForSpin();
        return undefined;
      case 'kick':
        return isOwnKick ? undefined : { reason: 'kick' };
      case 'halt':
        return this.onHalt();
      case 'breakpoint':
        return { reason: 'breakpoint', vcpu: processor.id, linearAddress: exit.linearAddress };
      case 'watchpoint':
      case 'catchpoint':
        return { ...exit, vcpu: processor.id };
      case 'shutdown':
        this.parts.containment.report('triple-fault', 'execute', instructionAddress(processor.state), undefined, {
          id: 'undelivered-exception',
          vector: exit.vector,
        });
        return stops.endWith({ reason: 'shutdown', detail: exit.detail });
      case 'error':
        return stops.endWith({ reason: 'error', detail: exit.detail });
    }
  }

  /** The processor does nothing until an interrupt: waits for it, or says that none can come. */
  onHalt(): MachineExit | undefined {
    const { processor, chipset, stops, time } = this.parts;
    const isInterruptible = (processor.state.eflags & FLAG.IF) !== 0;
    if (processor.state.getInt(STATE.nmiPending) !== 0) return undefined;
    if (!isInterruptible || !chipset.canInterrupt(processor.id)) {
      const detail = isInterruptible ? 'every interrupt is masked' : 'interrupts are off';
      return stops.endWith({ reason: 'halted', detail });
    }
    if (chipset.interruptSource(processor.id).isPending()) return undefined;
    return time.wait();
  }

  /**
   * The processor's reset pin was pulled: firmware runs, and goes on with a program that has left word for it, as those for
   * the 80286 do to come out of protected mode; else it starts the machine anew.
   */
  resetProcessor(through: string): void {
    const { stops, firmware } = this.parts;
    this.resumption = firmware?.takeResumption();
    if (this.resumption === undefined) stops.ask({ reason: 'reset', detail: through });
    else stops.cutShort();
  }

  private lookForSpin(): void {
    const { processor, memory, bus, time, containment } = this.parts;
    const { portReads, portWrites, mmioReads, mmioWrites } = bus.counts;
    const place = instructionAddress(processor.state);
    const lasted = this.spin.sample(time.now(), {
      areInterruptsOff: (processor.state.getInt(STATE.systemFlags) & FLAG.IF) === 0,
      linearAddress: place,
      busAccesses: portReads + portWrites + mmioReads + mmioWrites,
      screenSum: () => textMemorySum(memory),
    });
    if (lasted === undefined) return;
    const seconds = Math.round(lasted / 1e9);
    containment.report('spin', 'execute', place, undefined, { id: 'interrupts-off', seconds });
  }
}
