import type { Machine } from '../Machine.ts';
import type { MachineExit, MachineSlice } from '../MachineExit.ts';
import type { Stops, TravelResult } from '../replay/ReverseExecution.ts';

/** Guest-physical memory as somebody sees it who stands outside: host addresses are offsets in `bytes`, 0 is none. */
export interface PhysicalView {
  readonly bytes: Uint8Array;
  /** As an address reaches the memory bus: line 20 gated. */
  gated(physical: number): number;
  /** Of memory that answers a (gated) address. */
  host(physical: number): number;
  /** Writes there change what is read there. */
  isWritable(physical: number): boolean;
}

/**
 * A machine as its debugger drives it. It stands between two instructions whenever anything but `run` and `step` is
 * asked of it. What a debugger changes is an input of the run, so a machine that can go back can so past it.
 */
export interface DebuggedMachine {
  readonly machine: Machine;
  readonly memory: PhysicalView;
  readonly canGoBack: boolean;
  run(slice: MachineSlice): MachineExit;
  step(): MachineExit;
  /** Replaces the former stops. */
  setStops(stops: Stops): void;
  /** To before the instruction that retired last. */
  stepBack(): TravelResult;
  /** Sets out for the last stop before the present position; nothing else may be asked until `searchOn` has arrived. */
  beginSearch(): void;
  /** Goes a piece of the way; undefined: there is more. */
  searchOn(): TravelResult | undefined;
  /** The machine stands again where the search began. */
  giveUpSearch(): void;
  /** Somebody has written to the state of a vCPU. */
  registersChanged(vcpu: number): void;
  /** All of it can be written: see `PhysicalView.isWritable`. */
  writeMemory(physicalAddress: number, bytes: Uint8Array): void;
  requestNmi(vcpu: number): void;
  /** Power cycle. */
  reset(): void;
}

/** How the run is over for whoever debugs it. */
export interface DebuggedEnd {
  /** The processor could not go on; else the guest, or the user, ended the run. */
  readonly isCrash: boolean;
  /** What the guest handed over, 0 to 255. */
  readonly status: number;
}

/** What a machine is to do, by the word of its debugger. Whoever runs it looks after each word that comes. */
export interface RunControl {
  readonly isHeld: boolean;
  /** It is to run backwards, by `searchOn`. */
  readonly isSearching: boolean;
  /** Somebody asked for the end of the run. */
  readonly isKilled: boolean;
  /** Runs the machine as it has been told to; the exit may be the debugger's. */
  advance(slice: MachineSlice): MachineExit;
  /** Whether an exit is the debugger's. */
  owns(exit: MachineExit): boolean;
  /** Takes an exit that is the debugger's, which comes out as `kick`: the machine is held. Any other is returned. */
  take(exit: MachineExit): MachineExit;
  /** Undefined: there is more to go. */
  searchOn(): TravelResult | undefined;
  /** Somebody else stops the machine. Without effect on one that is held. */
  interrupt(): void;
  /** Somebody else's breakpoint has stopped the machine. */
  noteBreakpoint(vcpu: number): void;
  /** The run is over, whatever ended it. */
  tellEnd(end: DebuggedEnd): void;
}

/** A debugger that is connected to a machine. */
export interface DebugSession {
  readonly control: RunControl;
  receive(chunk: Uint8Array): void;
  /** Takes leave of the debugger; its breakpoints are gone. */
  close(): void;
  /** The connection is gone, and with it the breakpoints. */
  lost(): void;
}

/** The way to a debugger. */
export interface DebugLink {
  write(bytes: Uint8Array): void;
  /** After what has been written is sent. */
  close(): void;
}

export type DebugSessionFactory = (machine: DebuggedMachine, link: DebugLink) => DebugSession;
