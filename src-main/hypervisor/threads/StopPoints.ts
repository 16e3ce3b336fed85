import type { ArmedBreakpoint, BreakpointHits } from '../../machine/breakpoints/Breakpoint.ts';
import { type BreakpointExit, BreakpointSet, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { Stops } from '../../machine/replay/ReverseExecution.ts';
import type { MachineTrace } from '../../machine/tracing/MachineTrace.ts';
import type { PauseReason } from '../types.ts';
import type { ThreadMachine } from './ThreadMachine.ts';

const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

/** Where a machine is to run to. Below that place on the stack the address is one in a deeper call. */
export interface Destination {
  readonly linearAddress: number;
  readonly stackPointerAtLeast: number;
}

/** Whom else a stop may be for. */
export interface StopPointOwners {
  /** Whether it is the debugger's, if there is one. */
  isDebuggers(exit: MachineExit): boolean;
  /** The trace is as long as it may become; it is taken away. */
  onTraceFull(): void;
}

/** What a machine stops at, and for whom: main's breakpoints, a place that it is to run to, what its debugger and its trace want. */
export class StopPoints {
  readonly #machine: ThreadMachine;
  readonly #owners: StopPointOwners;
  readonly #breakpoints = new BreakpointSet();
  #destination: Destination | undefined;
  #debuggers = NO_STOPS;
  #trace: MachineTrace | undefined;

  constructor(machine: ThreadMachine, owners: StopPointOwners) {
    this.#machine = machine;
    this.#owners = owners;
  }

  /** Main's, in place of the former ones. */
  set(breakpoints: readonly ArmedBreakpoint[]): void {
    this.#breakpoints.set(breakpoints);
    this.#apply();
  }

  get hits(): BreakpointHits {
    return this.#breakpoints.hits;
  }

  /** A power cycle: counting begins anew. */
  clearHits(): void {
    this.#breakpoints.clearHits();
  }

  setDestination(destination: Destination | undefined): void {
    if (destination === undefined && this.#destination === undefined) return;
    this.#destination = destination;
    this.#apply();
  }

  setDebuggers(stops: Stops): void {
    this.#debuggers = stops;
    this.#apply();
  }

  clearDebuggers(): void {
    this.setDebuggers(NO_STOPS);
  }

  /** In place of the former one; undefined: nothing is traced. */
  setTrace(trace: MachineTrace | undefined): void {
    this.#trace = trace;
    this.#apply();
    this.#endFullTrace();
  }

  /** The next instruction is one that is traced. */
  get isNextTraced(): boolean {
    return this.#trace?.traces(this.#machine.instructionAddress(0)) === true && !this.#machine.isWaiting;
  }

  /** The next instruction is executed without a run that would stop at it. */
  noteNext(): void {
    if (this.isNextTraced)
      this.#note({ reason: 'breakpoint', vcpu: 0, linearAddress: this.#machine.instructionAddress(0) });
  }

  #note(exit: BreakpointExit): void {
    if (this.#trace === undefined) return;
    this.#trace.note(exit);
    this.#endFullTrace();
  }

  /** One that goes on where another thread's has ended may be full before it begins. */
  #endFullTrace(): void {
    if (!this.#trace?.isFull) return;
    this.setTrace(undefined);
    this.#owners.onTraceFull();
  }

  /** The next instruction is one that main stops before; one that waits in HLT has an interrupt to take first. */
  get isNext(): boolean {
    if (this.#machine.isWaiting) return false;
    const next = this.#machine.instructionAddress(0);
    return this.#breakpoints.hasCodeAt(next) || this.#destination?.linearAddress === next;
  }

  /** Counts what is met, and writes down what is traced. Returns why main has the machine pause here; undefined: it does not. */
  meet(exit: BreakpointExit): PauseReason | undefined {
    this.#note(exit);
    const linearAddress = this.#machine.instructionAddress(exit.vcpu);
    const meeting = this.#breakpoints.meet(exit, linearAddress, this.#machine.context(exit.vcpu));
    if (exit.reason === 'breakpoint' && this.#hasArrived(linearAddress, exit.vcpu)) return { kind: 'step' };
    return meeting && { kind: 'breakpoint', ...meeting };
  }

  #hasArrived(linearAddress: number, vcpu: number): boolean {
    const destination = this.#destination;
    if (destination?.linearAddress !== linearAddress) return false;
    return this.#machine.stackPointer(vcpu) >= destination.stackPointerAtLeast;
  }

  #apply(): void {
    const { stops } = this.#breakpoints;
    const others = this.#debuggers;
    const destination = this.#destination === undefined ? [] : [this.#destination.linearAddress];
    const traced = this.#trace ?? { breakpoints: [], catchpoints: [] };
    this.#machine.setStops({
      breakpoints: [...new Set([...stops.breakpoints, ...others.breakpoints, ...destination, ...traced.breakpoints])],
      watchpoints: [...stops.watchpoints, ...others.watchpoints],
      catchpoints: [...(stops.catchpoints ?? []), ...(others.catchpoints ?? []), ...traced.catchpoints],
      accepts: (exit) => this.#isWanted(exit),
    });
  }

  #isWanted(exit: MachineExit): boolean {
    if (this.#owners.isDebuggers(exit)) return true;
    return isBreakpointExit(exit) && this.#breakpoints.isMet(exit, this.#machine.context(exit.vcpu));
  }
}
