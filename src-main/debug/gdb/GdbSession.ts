import type { Watchpoint } from '../../engine/VirtualProcessor.ts';
import type { DebuggedEnd, DebugLink, DebugSession } from '../../machine/debugging/DebuggedMachine.ts';
import { DebugView } from './DebugView.ts';
import { GdbQueries } from './GdbQueries.ts';
import { registerBytes, registerFromHex, registerToHex } from './GdbRegister.ts';
import { codeBits } from './loadSegment.ts';
import { eventText } from '../eventText.ts';
import type { MachineDebugger, Stop } from './MachineDebugger.ts';
import { Monitor } from './Monitor.ts';
import { ERROR, hex8, MOST_READ_BYTES, parseRange } from './packetFields.ts';
import { framed, PacketReader, unescaped } from './packets.ts';
import { EXPEDITED, REGISTERS } from './x86Registers.ts';

/** gdb's numbers of signals. */
const SIGNAL = { none: 0, interrupt: 2, trap: 5, abort: 6 } as const;
const WATCH_KINDS: Readonly<Record<string, Watchpoint['access']>> = { 2: 'write', 3: 'read', 4: 'any' };
const WATCH_NAMES = { write: 'watch', read: 'rwatch', any: 'awatch' } as const;
/**
 * One gdb's conversation with a machine, by the remote serial protocol ("Debugging with GDB", appendix E). All-stop;
 * a thread for each vCPU, numbered from 1.
 */
export class GdbSession implements DebugSession {
  private readonly debug: MachineDebugger;
  private readonly link: DebugLink;
  private readonly reader = new PacketReader();
  private readonly view: DebugView;
  private readonly queries: GdbQueries;
  private acknowledges = true;
  /** What is sent again when gdb has not understood it. */
  private lastPacket: Buffer | undefined;
  private isOpen = true;

  constructor(debug: MachineDebugger, link: DebugLink) {
    this.debug = debug;
    this.link = link;
    this.view = new DebugView(debug);
    this.queries = new GdbQueries(this.view, new Monitor(this.view));
    debug.events = { onStop: (stop) => this.onStop(stop), onEnd: (end) => this.onEnd(end) };
    debug.interrupt('attached');
  }

  get control(): MachineDebugger {
    return this.debug;
  }

  receive(chunk: Uint8Array): void {
    for (const event of this.reader.push(chunk)) {
      if (!this.isOpen) return;
      switch (event.kind) {
        case 'packet':
          if (this.acknowledges) this.link.write(Buffer.from('+'));
          this.onPacket(event.body);
          break;
        case 'corrupt':
          if (this.acknowledges) this.link.write(Buffer.from('-'));
          break;
        case 'nack':
          if (this.lastPacket !== undefined) this.link.write(this.lastPacket);
          break;
        case 'interrupt':
          this.debug.interrupt();
          break;
        case 'ack':
          break;
      }
    }
  }

  close(): void {
    this.leave(undefined);
  }

  /** The connection is gone. A machine that stands still goes on standing, for the next gdb. */
  lost(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.debug.abandon();
  }

  private onPacket(body: Buffer): void {
    // While the machine runs gdb may only interrupt it.
    if (!this.debug.isHeld) return;
    const text = body.toString('latin1');
    const reply = this.replyTo(text, body);
    if (reply !== undefined) this.send(reply);
  }

  /** The reply; undefined when there is none, or none yet. */
  private replyTo(text: string, body: Buffer): string | Buffer | undefined {
    const rest = text.slice(1);
    switch (text[0]) {
      case '?':
        return this.describe(this.debug.stop);
      case 'g':
        return REGISTERS.map((register) => registerToHex(register, this.view.processor.state, this.view)).join('');
      case 'G':
        return this.writeAllRegisters(rest);
      case 'p':
        return this.readRegister(rest);
      case 'P':
        return this.writeRegister(rest);
      case 'm':
        return this.readMemory(rest);
      case 'M':
        return this.writeMemory(rest, (data) =>
          /^([0-9a-f]{2})*$/i.test(data) ? Buffer.from(data, 'hex') : undefined,
        );
      case 'X':
        return this.writeMemory(rest, () => unescaped(body.subarray(body.indexOf(':') + 1)));
      case 'Z':
      case 'z':
        return this.changePoint(text[0] === 'Z', rest);
      case 'c':
      case 'C':
      case 's':
      case 'S':
        return this.resumeAt(text);
      case 'b':
        return this.goBack(text);
      case 'v':
        return this.onVerb(text);
      case 'H':
        return this.selectThread(rest);
      case 'T':
        return this.view.hasThread(parseInt(rest, 16)) ? 'OK' : ERROR.badArgument;
      case 'D':
        this.leave('OK');
        this.debug.continue();
        return undefined;
      case 'k':
        this.debug.kill();
        this.leave(undefined);
        return undefined;
      case 'q':
      case 'Q':
        if (text !== 'QStartNoAckMode') return this.queries.reply(text, body);
        this.send('OK');
        this.acknowledges = false;
        return undefined;
      default:
        return '';
    }
  }

  // Registers

  private readRegister(rest: string): string {
    const register = REGISTERS[parseInt(rest, 16)];
    return register === undefined ? ERROR.badArgument : registerToHex(register, this.view.processor.state, this.view);
  }

  private writeRegister(rest: string): string {
    const [number = '', value = ''] = rest.split('=');
    const register = REGISTERS[parseInt(number, 16)];
    if (register === undefined) return ERROR.badArgument;
    return registerFromHex(register, this.view.processor, value, this.view) ? 'OK' : ERROR.badArgument;
  }

  private writeAllRegisters(values: string): string {
    let at = 0;
    for (const register of REGISTERS) {
      const digits = registerBytes(register) * 2;
      if (at + digits > values.length) break;
      const value = values.slice(at, at + digits);
      at += digits;
      // What gdb does not know of a register it sends as it came.
      if (!registerFromHex(register, this.view.processor, value, this.view)) return ERROR.badArgument;
    }
    return 'OK';
  }

  // Memory

  private readMemory(rest: string): string {
    const range = parseRange(rest);
    if (range === undefined) return ERROR.badArgument;
    const byteLength = Math.min(range.byteLength, MOST_READ_BYTES);
    const bytes = this.view.memory.read(this.view.processor, this.view.space, range.address, byteLength);
    if (bytes.length === 0 && byteLength > 0) return ERROR.badAddress;
    return Buffer.from(bytes).toString('hex');
  }

  private writeMemory(rest: string, decode: (data: string) => Buffer | undefined): string {
    const colon = rest.indexOf(':');
    const range = parseRange(rest.slice(0, colon));
    const bytes = decode(rest.slice(colon + 1));
    if (colon < 0 || range === undefined || bytes?.length !== range.byteLength) return ERROR.badArgument;
    return this.view.writeMemory(range.address, bytes) ? 'OK' : ERROR.badAddress;
  }

  // Breakpoints and watchpoints

  private changePoint(isAdded: boolean, rest: string): string {
    const [, kind = '', place = ''] = /^([0-4]),([0-9a-f]+,[0-9a-f]+)/i.exec(rest) ?? [];
    const range = parseRange(place);
    if (range === undefined) return kind === '' ? '' : ERROR.badArgument;
    const { debug } = this;
    const access = WATCH_KINDS[kind];
    if (access === undefined) {
      // Software and hardware breakpoints are one thing here: neither writes to memory, and there is no limit.
      if (isAdded) debug.addBreakpoint(range.address);
      else debug.removeBreakpoint(range.address);
    } else {
      const watchpoint = { linearAddress: range.address, byteLength: range.byteLength, access };
      if (isAdded) debug.addWatchpoint(watchpoint);
      else debug.removeWatchpoint(watchpoint);
    }
    return 'OK';
  }

  // Running

  /** `c`, `s`, and with a signal, which no machine takes, `C` and `S`; perhaps from another address on. */
  private resumeAt(text: string): undefined | string {
    const [, address] = /^[cs]([0-9a-f]+)$/i.exec(text) ?? /^[CS][0-9a-f]{2};([0-9a-f]+)$/i.exec(text) ?? [];
    if (address !== undefined) {
      const counter = REGISTERS.find(({ name }) => name === 'eip');
      const value = BigInt(`0x${address}`);
      if (!counter?.write(this.view.processor.state, BigInt.asUintN(32, value), this.view)) return ERROR.badArgument;
      this.view.registersChanged(this.view.processor);
    }
    if (/^[sS]/.test(text)) this.debug.step();
    else this.debug.continue();
    return undefined;
  }

  private goBack(text: string): string | undefined {
    if (!this.debug.canGoBack || (text !== 'bs' && text !== 'bc')) return '';
    if (text === 'bs') this.debug.stepBack();
    else this.debug.runBack();
    return undefined;
  }

  private onVerb(text: string): string | undefined {
    if (text === 'vCont?') return 'vCont;c;C;s;S;r';
    if (text.startsWith('vKill')) {
      this.debug.kill();
      this.leave('OK');
      return undefined;
    }
    if (!text.startsWith('vCont;')) return '';
    // With one vCPU the first action that is not for another thread is the one.
    const [action = ''] = text.slice('vCont;'.length).split(';');
    const [, start, end] = /^r([0-9a-f]+),([0-9a-f]+)/i.exec(action) ?? [];
    if (start !== undefined && end !== undefined) {
      this.debug.step({ start: parseInt(start, 16), end: parseInt(end, 16) });
    } else if (/^s/i.test(action)) this.debug.step();
    else if (/^c/i.test(action)) this.debug.continue();
    else return ERROR.badArgument;
    return undefined;
  }

  private onStop(stop: Stop): void {
    if (stop.kind === 'attached') return;
    if (stop.kind === 'catchpoint') for (const event of stop.events) this.say(`Caught ${eventText(event)}.\n`);
    if (stop.kind === 'ended') this.say(`The machine has ended: ${describeEnd(stop)}\n`);
    this.sayMode();
    this.send(this.describe(stop));
  }

  /** gdb disassembles as it was told when it last asked. */
  private sayMode(): void {
    const { view } = this;
    const bits = codeBits(view.processor.state);
    if (view.describedBits === undefined || view.describedBits === bits) return;
    view.describedBits = bits;
    this.say(`The processor runs ${bits}-bit code now: “unset tdesc filename” makes gdb see that.\n`);
  }

  private describe(stop: Stop): string {
    if ('vcpu' in stop) this.view.selected = stop.vcpu;
    const registers = EXPEDITED.map((number) => {
      const register = REGISTERS[number];
      return register && `${hex8(number)}:${registerToHex(register, this.view.processor.state, this.view)};`;
    });
    const reason = reasonText(stop);
    return `T${hex8(signalOf(stop))}thread:${this.view.selected + 1};${reason}${registers.join('')}`;
  }

  private onEnd({ isCrash, status }: DebuggedEnd): void {
    // gdb expects it as the reply to a resumption alone.
    if (!this.debug.isHeld) this.send(isCrash ? `X${hex8(SIGNAL.abort)}` : `W${hex8(status & 0xff)}`);
    this.leave(undefined);
  }

  // Threads

  /** `g` for registers and memory, `c` for what old gdbs resume; 0 and -1 are any and all. */
  private selectThread(rest: string): string {
    const thread = rest.slice(1);
    if (thread === '0' || thread === '-1') return 'OK';
    const number = parseInt(thread, 16);
    if (!this.view.hasThread(number)) return ERROR.badArgument;
    this.view.selected = number - 1;
    return 'OK';
  }

  // Sending

  private send(body: string | Buffer): void {
    this.lastPacket = framed(body);
    this.link.write(this.lastPacket);
  }

  /** A line for the user, while gdb waits for a stop. */
  private say(text: string): void {
    this.link.write(framed(`O${Buffer.from(text).toString('hex')}`));
  }

  private leave(reply: string | undefined): void {
    if (!this.isOpen) return;
    if (reply !== undefined) this.send(reply);
    this.lost();
    this.link.close();
  }
}

function signalOf(stop: Stop): number {
  switch (stop.kind) {
    case 'interrupted':
      return SIGNAL.interrupt;
    case 'ended':
      return stop.reason === 'halted' ? SIGNAL.none : SIGNAL.abort;
    case 'attached':
    case 'step':
    case 'reset':
    case 'history-start':
    case 'breakpoint':
    case 'watchpoint':
    case 'catchpoint':
      return SIGNAL.trap;
  }
}

function describeEnd(stop: Extract<Stop, { kind: 'ended' }>): string {
  switch (stop.reason) {
    case 'halted':
      return `HLT that nothing can wake (${stop.detail}). “continue” ends the run, “monitor reset” starts anew.`;
    case 'shutdown':
      return `${stop.detail}. “continue” ends the run, “monitor reset” starts anew.`;
    case 'error':
      return `the engine failed: ${stop.detail}.`;
  }
}

/** Why it stopped, where that is more than the signal says. */
function reasonText(stop: Stop): string {
  switch (stop.kind) {
    case 'breakpoint':
      return 'swbreak:;';
    case 'watchpoint':
      return watchText(stop.watchpoint);
    case 'history-start':
      return 'replaylog:begin;';
    default:
      return '';
  }
}

function watchText({ access, linearAddress }: Watchpoint): string {
  return `${WATCH_NAMES[access]}:${linearAddress.toString(16)};`;
}
