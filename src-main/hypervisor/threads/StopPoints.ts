import type { ArmedBreakpoint, BreakpointHits } from '../../machine/breakpoints/Breakpoint.ts';
import { type BreakpointExit, BreakpointSet, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { Stops } from '../../machine/replay/ReverseExecution.ts';
import type { PauseReason } from '../types.ts';
import type { ThreadMachine } from './ThreadMachine.ts';

const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

/** Where a machine is to run to. Below that place on the stack the address is one in a deeper call. */
export interface Destination {
  readonly linearAddress: number;
  readonly stackPointerAtLeast: number;
}

/** What a machine stops at, and for whom: main's breakpoints, a place that it is to run to, what its debugger wants. */
export class StopPoints {
  readonly #machine: ThreadMachine;
  readonly #isDebuggers: (exit: MachineExit) => boolean;
  readonly #breakpoints = new BreakpointSet();
  #destination: Destination | undefined;
  #debuggers = NO_STOPS;

  /** @param isDebuggers whether an exit is a stop of the debugger's, if there is one */
  constructor(machine: ThreadMachine, isDebuggers: (exit: MachineExit) => boolean) {
    this.#machine = machine;
    this.#isDebuggers = isDebuggers;
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

  /** The next instruction is one that main stops before; one that waits in HLT has an interrupt to take first. */
  get isNext(): boolean {
    if (this.#machine.isWaiting) return false;
    const next = this.#machine.instructionAddress(0);
    return this.#breakpoints.hasCodeAt(next) || this.#destination?.linearAddress === next;
  }

  /** Counts what is met. Returns why main has the machine pause here; undefined: it does not. */
  meet(exit: BreakpointExit): PauseReason | undefined {
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
    this.#machine.setStops({
      breakpoints: [...new Set([...stops.breakpoints, ...others.breakpoints, ...destination])],
      watchpoints: [...stops.watchpoints, ...others.watchpoints],
      catchpoints: [...(stops.catchpoints ?? []), ...(others.catchpoints ?? [])],
      accepts: (exit) => this.#isWanted(exit),
    });
  }

  #isWanted(exit: MachineExit): boolean {
    if (this.#isDebuggers(exit)) return true;
    return isBreakpointExit(exit) && this.#breakpoints.isMet(exit, this.#machine.context(exit.vcpu));
  }
}
