import { closeSync } from 'node:fs';
import { EventTrace } from '../debug/EventTrace.ts';
import type { ProgramSymbols } from '../debug/ProgramSymbols.ts';
import type { TraceFilter } from '../debug/parseTraceFilter.ts';
import { CS } from '../engine/state/layout.ts';
import { type BreakpointExit, isBreakpointExit } from '../machine/breakpoints/BreakpointSet.ts';
import type { DebuggedMachine } from '../machine/debugging/DebuggedMachine.ts';
import type { MachineExit, MachineSlice } from '../machine/MachineExit.ts';
import type { HostTime } from '../machine/MachineOptions.ts';
import { placeText } from './addressNames.ts';
import { openForWriting, writeBytes } from './userFiles.ts';

/** See `--trace-file`, `--trace-filter` and `--trace-size`. */
export interface TraceFileChoice extends TraceFilter {
  readonly file: string;
  readonly mostBytes: number;
}

export interface TraceFileParts {
  /** The machine's own. */
  readonly hostTime: HostTime;
  /** What addresses are called. */
  readonly names: ProgramSymbols | undefined;
  complain(line: string): void;
}

const BUFFERED_CHARACTERS = 0x1_0000;

/**
 * A trace of a run, in a file. Runs the machine so that nothing else is changed by it: slices end where they would
 * without, and guest time is as it was. Ends by itself when the file is as large as it may become.
 *
 * An event of the very instruction that ends or resets the machine is not seen.
 */
export class TraceFile {
  private readonly debugged: DebuggedMachine;
  private readonly choice: TraceFileChoice;
  private readonly hostTime: HostTime;
  private readonly complain: (line: string) => void;
  private readonly descriptor: number;
  private readonly trace: EventTrace;
  /** Not yet in the file. ASCII, so characters are bytes. */
  private pending = '';

  /** Throws {@link UsageError} when the file cannot be written. */
  constructor(debugged: DebuggedMachine, choice: TraceFileChoice, { hostTime, names, complain }: TraceFileParts) {
    this.debugged = debugged;
    this.choice = choice;
    this.hostTime = hostTime;
    this.complain = complain;
    this.descriptor = openForWriting(choice.file, '--trace-file', 'w');
    const describePlace = names && ((linearAddress: number) => placeText(names, linearAddress));
    this.trace = new EventTrace(debugged, choice, (text) => this.add(text), describePlace);
    this.arm();
  }

  /** As {@link Machine.run}, but for the trace. */
  run(slice: MachineSlice): MachineExit {
    const { machine } = this.debugged;
    const { instructions = Infinity, untilHostNs = Infinity } = slice;
    const last = machine.retiredInstructions + instructions;
    for (;;) {
      const left = last - machine.retiredInstructions;
      if (left <= 0) return { reason: 'budget' };
      const exit = this.advance(Number.isFinite(left) ? { ...slice, instructions: left } : slice);
      if (exit === undefined || isBreakpointExit(exit)) {
        // An instruction is noted where it is passed.
        if (exit?.reason === 'catchpoint') this.note(exit);
        if (this.hostTime.monotonicNs() >= untilHostNs) return { reason: 'budget' };
      } else return exit;
    }
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  /** A run never stops at the instruction at which it starts. Undefined: one that is traced was executed. */
  private advance(slice: MachineSlice): MachineExit | undefined {
    const { machine } = this.debugged;
    const state = machine.processors[0]?.state;
    const linearAddress = state ? (state.segmentBase(CS) + state.eip) >>> 0 : 0;
    // One that waits in a HLT stands behind it for as long.
    if (machine.isWaiting || !this.trace.traces(linearAddress)) return machine.run(slice);
    this.note({ reason: 'breakpoint', vcpu: 0, linearAddress });
    const exit = machine.step();
    return exit.reason === 'budget' ? undefined : exit;
  }

  private note(exit: BreakpointExit): void {
    if (this.trace.isFull) return;
    this.trace.note(exit);
    if (!this.trace.isFull) return;
    this.arm();
    this.complain(
      `--trace-file: ${this.choice.file} is full after ${this.debugged.machine.retiredInstructions} instructions; the ` +
        'machine goes on untraced. Name fewer events with --trace-filter, or allow more with --trace-size.',
    );
  }

  private add(text: string): void {
    this.pending += text;
    if (this.pending.length >= BUFFERED_CHARACTERS) this.flush();
  }

  private arm(): void {
    const { breakpoints, catchpoints } = this.trace;
    this.debugged.setStops({ breakpoints, catchpoints, watchpoints: [] });
  }

  private flush(): void {
    writeBytes(this.choice.file, '--trace-file', this.descriptor, new TextEncoder().encode(this.pending));
    this.pending = '';
  }
}
