import type { Catchpoint, CaughtEvent } from '../engine/Catchpoint.ts';
import { catches } from '../engine/Catchpoint.ts';
import { ATTRIBUTE } from '../engine/state/CpuState.ts';
import { CS, RAX } from '../engine/state/layout.ts';
import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import type { BreakpointExit } from '../machine/breakpoints/BreakpointSet.ts';
import type { DebuggedMachine } from '../machine/debugging/DebuggedMachine.ts';
import type { MachineTrace, TraceChoice } from '../machine/tracing/MachineTrace.ts';
import { linesFrom } from './CodeLines.ts';
import { describeLine, NO_KNOWLEDGE } from './Disassembler.ts';
import { eventText } from './eventText.ts';

/** Numbers are right-aligned in their columns: decimal, decimal, and hexadecimal twice. `next`: linear. */
const HEADER = '# instructions      guest us      next       eax  event\n';
const LONGEST_INSTRUCTION = 15;
const PAGE_BYTES = 4096;

/** A line for each event that a filter names, and for each instruction of the code that it names, before it is executed. */
export class EventTrace implements MachineTrace {
  private readonly debugged: Pick<DebuggedMachine, 'machine' | 'memory'>;
  private readonly choice: TraceChoice;
  private readonly write: (text: string) => void;
  /** What the address of the next instruction is called; '': nothing is known of it. */
  private readonly describePlace: ((linearAddress: number) => string) | undefined;
  private readonly addresses: readonly number[];
  private byteLength = HEADER.length;

  constructor(
    debugged: Pick<DebuggedMachine, 'machine' | 'memory'>,
    choice: TraceChoice,
    write: (text: string) => void,
    describePlace?: (linearAddress: number) => string,
  ) {
    this.debugged = debugged;
    this.choice = choice;
    this.write = write;
    this.describePlace = describePlace;
    this.addresses = choice.code.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    );
    if (!this.isFull) write(HEADER);
  }

  get isFull(): boolean {
    return this.byteLength > this.choice.mostBytes;
  }

  get catchpoints(): readonly Catchpoint[] {
    return this.isFull ? [] : this.choice.events;
  }

  get breakpoints(): readonly number[] {
    return this.isFull ? [] : this.addresses;
  }

  note(exit: BreakpointExit): void {
    const processor = this.debugged.machine.processors[exit.vcpu];
    if (processor === undefined) return;
    if (exit.reason === 'catchpoint') {
      for (const event of exit.events) if (this.isWanted(event)) this.add(processor, eventText(event));
    } else if (exit.reason === 'breakpoint' && this.traces(exit.linearAddress))
      this.add(processor, this.instructionAt(processor, exit.linearAddress));
  }

  traces(linearAddress: number): boolean {
    return !this.isFull && this.choice.code.some(({ first, last }) => first <= linearAddress && linearAddress <= last);
  }

  private isWanted(event: CaughtEvent): boolean {
    return this.choice.events.some((each) => catches(each, event));
  }

  private add({ state }: VirtualProcessor, what: string): void {
    if (this.isFull) return;
    const { machine } = this.debugged;
    const next = (state.segmentBase(CS) + state.eip) >>> 0;
    const line = [
      String(machine.retiredInstructions).padStart(14),
      String(Math.floor(machine.guestTimeNs / 1000)).padStart(12),
      hex8(next),
      hex8(state.register(RAX)),
      what,
      this.describePlace?.(next) ?? '',
    ]
      .join('  ')
      .trimEnd();
    this.byteLength += line.length + 1;
    if (!this.isFull) this.write(`${line}\n`);
  }

  private instructionAt(processor: VirtualProcessor, linearAddress: number): string {
    const { state } = processor;
    const codeSize = (state.segmentAttributes(CS) & ATTRIBUTE.DB) !== 0 ? 32 : 16;
    const window = { linearAddress, bytes: this.codeAt(processor, linearAddress), codeSize } as const;
    const [line] = linesFrom(window, linearAddress, 1);
    const place = { linearAddress, codeSize, codeBase: state.segmentBase(CS) } as const;
    // Code in the registers of a device, or that goes on where nothing is.
    return line === undefined ? '?' : describeLine(line, place, NO_KNOWLEDGE).text;
  }

  private codeAt(processor: VirtualProcessor, linearAddress: number): Uint8Array {
    const bytes = new Uint8Array(LONGEST_INSTRUCTION);
    let done = 0;
    while (done < bytes.length) {
      const at = (linearAddress + done) >>> 0;
      const host = this.hostAddress(processor, at);
      if (host === 0) break;
      const length = Math.min(bytes.length - done, PAGE_BYTES - (at % PAGE_BYTES));
      bytes.set(this.debugged.memory.bytes.subarray(host, host + length), done);
      done += length;
    }
    return bytes.subarray(0, done);
  }

  private hostAddress(processor: VirtualProcessor, linearAddress: number): number {
    const { memory } = this.debugged;
    const physical = processor.translateLinear(linearAddress);
    return physical === undefined ? 0 : memory.host(memory.gated(physical));
  }
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
