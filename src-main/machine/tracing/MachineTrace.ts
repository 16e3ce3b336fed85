import type { Catchpoint } from '../../engine/Catchpoint.ts';
import type { BreakpointExit } from '../breakpoints/BreakpointSet.ts';
import type { DebuggedMachine } from '../debugging/DebuggedMachine.ts';

/** Code whose every instruction is traced: linear addresses, both inclusive. */
export interface CodeRange {
  readonly first: number;
  readonly last: number;
}

/** What is written down, and how much of it at most. Structured-clonable. */
export interface TraceChoice {
  readonly events: readonly Catchpoint[];
  readonly code: readonly CodeRange[];
  readonly mostBytes: number;
}

/** Writes down what happens in a machine, for whoever runs it: each stop that it asks for is to be handed to it. */
export interface MachineTrace {
  /** What the machine is to stop at: nothing any more once the trace is full. */
  readonly catchpoints: readonly Catchpoint[];
  readonly breakpoints: readonly number[];
  /** Its text is as long as it may become: nothing is written down any more. */
  readonly isFull: boolean;
  /** The instruction at this linear address is to be handed to it, as a breakpoint that is met, before it is executed. */
  traces(linearAddress: number): boolean;
  note(exit: BreakpointExit): void;
}

/** @param write takes whole lines, in ASCII */
export type TraceFactory = (
  machine: Pick<DebuggedMachine, 'machine' | 'memory'>,
  choice: TraceChoice,
  write: (text: string) => void,
) => MachineTrace;
