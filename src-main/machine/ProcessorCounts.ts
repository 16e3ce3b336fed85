import { EXIT_KINDS, type ExitKind, type VirtualProcessor } from '../engine/VirtualProcessor.ts';
import { STATE } from '../engine/state/layout.ts';
import type { MachineState } from './MachineState.ts';

const INTERRUPT_EXIT = EXIT_KINDS.indexOf('interrupt');

/** What all processors of a machine have counted since it was made. They themselves begin anew at each reset. */
export class ProcessorCounts {
  private readonly processors: readonly VirtualProcessor[];
  private instructionsBefore = 0;
  private readonly exitsBefore = new Float64Array(EXIT_KINDS.length);

  constructor(processors: readonly VirtualProcessor[]) {
    this.processors = processors;
  }

  get retiredInstructions(): number {
    return this.processors.reduce((sum, processor) => sum + processor.retiredInstructions, this.instructionsBefore);
  }

  /** Delivered external and non-maskable interrupts. */
  get interrupts(): number {
    return this.exitCount(INTERRUPT_EXIT);
  }

  exits(): Record<ExitKind, number> {
    // One entry per kind, by construction.
    return Object.fromEntries(EXIT_KINDS.map((name, kind) => [name, this.exitCount(kind)])) as Record<ExitKind, number>;
  }

  /** The processors are about to be reset or restored. */
  carryOver(): void {
    this.instructionsBefore = this.retiredInstructions;
    EXIT_KINDS.forEach((_, kind) => (this.exitsBefore[kind] = this.exitCount(kind)));
  }

  save(): Pick<MachineState, 'instructionsBefore' | 'interrupts'> {
    return { instructionsBefore: this.instructionsBefore, interrupts: this.interrupts };
  }

  /** The processors have been restored. Where a run has come to is part of its state; statistics are not. */
  restore({ instructionsBefore, interrupts }: Pick<MachineState, 'instructionsBefore' | 'interrupts'>): void {
    this.instructionsBefore = instructionsBefore;
    this.exitsBefore[INTERRUPT_EXIT] = interrupts;
  }

  /** @param kind index in EXIT_KINDS */
  private exitCount(kind: number): number {
    const before = this.exitsBefore[kind] ?? 0;
    return this.processors.reduce((sum, { state }) => sum + state.getFloat64(STATE.exitCounts + 8 * kind), before);
  }
}
