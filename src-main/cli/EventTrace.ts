import { closeSync } from 'node:fs';
import { eventText } from '../debug/eventText.ts';
import type { Catchpoint, CaughtEvent } from '../engine/Catchpoint.ts';
import { CS, RAX } from '../engine/state/layout.ts';
import type { Machine } from '../machine/Machine.ts';
import type { MachineExit, MachineSlice } from '../machine/MachineExit.ts';
import type { EventTraceChoice } from './tracedEvents.ts';
import { openForWriting, writeBytes } from './userFiles.ts';

/** Numbers are right-aligned in their columns: decimal, decimal, and hexadecimal twice. `next`: linear. */
const HEADER = '# instructions      guest us      next       eax  event\n';
const BUFFERED_CHARACTERS = 0x1_0000;

/**
 * A file with a line for each event that a filter names. Runs the machine so that nothing else is changed by it: slices
 * end where they would without, and guest time is as it was. Ends by itself when the file is as large as it may become.
 *
 * An event of the very instruction that ends or resets the machine is not seen.
 */
export class EventTrace {
  private readonly machine: Machine;
  private readonly choice: EventTraceChoice;
  private readonly complain: (line: string) => void;
  private readonly descriptor: number;
  /** Not yet in the file. ASCII, so characters are bytes. */
  private pending = HEADER;
  private byteLength = HEADER.length;

  /** Throws {@link UsageError} when the file cannot be written. */
  constructor(machine: Machine, choice: EventTraceChoice, complain: (line: string) => void) {
    this.machine = machine;
    this.choice = choice;
    this.complain = complain;
    this.descriptor = openForWriting(choice.file, '--trace-file', 'w');
    this.arm(choice.events);
  }

  /** As {@link Machine.run}, but for the events. */
  run(slice: MachineSlice): MachineExit {
    const { machine } = this;
    const { instructions = Infinity } = slice;
    const last = machine.retiredInstructions + instructions;
    for (;;) {
      const left = last - machine.retiredInstructions;
      const exit = machine.run(Number.isFinite(left) ? { ...slice, instructions: left } : slice);
      if (exit.reason !== 'catchpoint') return exit;
      for (const event of exit.events) this.add(exit.vcpu, event);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private add(vcpu: number, event: CaughtEvent): void {
    const { machine, choice } = this;
    const state = machine.processors[vcpu]?.state;
    if (state === undefined || this.isFull) return;
    const next = (state.segmentBase(CS) + state.eip) >>> 0;
    const line = [
      String(machine.retiredInstructions).padStart(14),
      String(Math.floor(machine.guestTimeNs / 1000)).padStart(12),
      hex8(next),
      hex8(state.register(RAX)),
      eventText(event),
    ].join('  ');
    this.byteLength += line.length + 1;
    if (this.isFull) {
      this.arm([]);
      this.complain(
        `--trace-file: ${choice.file} is full after ${machine.retiredInstructions} instructions; the machine goes on ` +
          'untraced. Name fewer events with --trace-filter, or allow more with --trace-size.',
      );
      return;
    }
    this.pending += `${line}\n`;
    if (this.pending.length >= BUFFERED_CHARACTERS) this.flush();
  }

  private get isFull(): boolean {
    return this.byteLength > this.choice.mostBytes;
  }

  private arm(events: readonly Catchpoint[]): void {
    for (const processor of this.machine.processors) processor.setCatchpoints(events);
  }

  private flush(): void {
    writeBytes(this.choice.file, '--trace-file', this.descriptor, new TextEncoder().encode(this.pending));
    this.pending = '';
  }
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
