import {
  type ProcessorState,
  readProcessorState,
  writeProcessorState,
} from '../../../src-main/engine/ProcessorState.ts';
import type { AccessVerdict, RunLimits, VirtualProcessor, VmExit } from '../../../src-main/engine/VirtualProcessor.ts';
import { CpuState } from '../../../src-main/engine/state/CpuState.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { STATE } from '../../../src-main/engine/state/layout.ts';
import type { ProcessorWiring } from '../../../src-main/machine/MachineOptions.ts';

/** What a scripted processor does in one call of `run`; returns its exit. */
export type ScriptStep = (processor: ScriptedProcessor, limits: RunLimits) => VmExit;

/** Runs its whole budget and nothing else. */
export const compute: ScriptStep = (processor, limits) => {
  processor.retire(limits.instructions);
  return { reason: 'budget' };
};

/** One instruction, then HLT. */
export const halt: ScriptStep = (processor) => {
  processor.retire(1);
  processor.isHalted = true;
  return { reason: 'halt' };
};

/**
 * A processor whose program is a list of functions, for tests of the machine alone: it has registers, counts
 * what it is told to, and takes interrupts where the contract says. Never an engine.
 */
export class ScriptedProcessor implements VirtualProcessor {
  readonly id: number;
  readonly state: CpuState;
  readonly wiring: ProcessorWiring;
  /** Limits of each `run`, and the vectors it acknowledged. */
  readonly runs: RunLimits[] = [];
  readonly vectors: number[] = [];
  readonly invalidated: [number, number][] = [];
  script: ScriptStep[];
  isHalted = false;
  kicks = 0;
  notifications = 0;
  private retired = 0;
  private isKicked = false;

  constructor(id: number, wiring: ProcessorWiring, script: ScriptStep[]) {
    this.id = id;
    this.wiring = wiring;
    this.script = script;
    this.state = new CpuState(new ArrayBuffer(STATE.size), 0);
  }

  get retiredInstructions(): number {
    return this.retired;
  }

  retire(instructions: number): void {
    this.retired += instructions;
  }

  setInterruptFlag(isSet: boolean): void {
    this.state.eflags = isSet ? FLAG.IF | 2 : 2;
  }

  reset(): void {
    this.retired = 0;
    this.init();
  }

  init(): void {
    this.isHalted = false;
    this.setInterruptFlag(false);
  }

  save(): ProcessorState {
    return readProcessorState(this.state, { retired: this.retired, isRepeating: false, debugTraps: 0, msrs: [] });
  }

  restore(state: ProcessorState): void {
    writeProcessorState(this.state, state);
    this.retired = state.retired;
  }

  forgetAddresses(): void {}

  run(limits: RunLimits): VmExit {
    this.runs.push(limits);
    if (this.takeKick()) return { reason: 'kick' };
    const areInterruptsOn = (this.state.eflags & FLAG.IF) !== 0;
    if (areInterruptsOn && this.wiring.interrupts.isPending()) {
      this.vectors.push(this.wiring.interrupts.acknowledge());
      this.isHalted = false;
    }
    if (this.isHalted) return { reason: 'halt' };
    const exit = (this.script.shift() ?? compute)(this, limits);
    return this.takeKick() ? { reason: 'kick' } : exit;
  }

  step(): VmExit {
    return this.run({ instructions: 1, precise: true });
  }

  kick(): void {
    this.kicks++;
    this.isKicked = true;
  }

  notifyInterrupt(): void {
    this.notifications++;
  }

  requestNmi(): void {}
  setBreakpoints(): void {}
  setWatchpoints(): void {}
  setCatchpoints(): void {}
  observeExits(): void {}

  invalidatePhysical(physicalAddress: number, byteLength: number): void {
    this.invalidated.push([physicalAddress, byteLength]);
  }

  stateChanged(): void {}

  translateLinear(linearAddress: number): number {
    return linearAddress;
  }

  probeAccess(linearAddress: number): AccessVerdict {
    return { kind: 'allowed', physicalAddress: linearAddress, target: 'memory' };
  }

  private takeKick(): boolean {
    const wasKicked = this.isKicked;
    this.isKicked = false;
    return wasKicked;
  }
}
