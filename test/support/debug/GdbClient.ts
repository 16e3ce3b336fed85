import { GdbSession } from '../../../src-main/debug/gdb/GdbSession.ts';
import { MachineDebugger } from '../../../src-main/debug/gdb/MachineDebugger.ts';
import { framed, PacketReader } from '../../../src-main/debug/gdb/packets.ts';
import { type DebuggedTravel, debugMachine } from '../../../src-main/hypervisor/timetravel/debugMachine.ts';
import type { TranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import type { MachineExit } from '../../../src-main/machine/MachineExit.ts';

const MOST_SLICES = 10_000;

/** Speaks the remote protocol with a session in the same thread, and runs the machine as the session wants. */
export class GdbClient {
  readonly debug: MachineDebugger;
  readonly session: GdbSession;
  /** What the machine said to the user. */
  console = '';
  isClosed = false;
  /** The last exit of the machine that no debugger took. */
  exit: MachineExit | undefined;
  private readonly reader = new PacketReader();
  private readonly replies: string[] = [];
  acknowledgements = '';

  constructor(parts: TranslatedMachine, travel?: DebuggedTravel) {
    this.debug = new MachineDebugger(debugMachine(parts, travel));
    this.session = new GdbSession(this.debug, {
      write: (bytes) => this.take(Buffer.from(bytes)),
      close: () => (this.isClosed = true),
    });
  }

  /** Sends a packet and returns the reply; after a resumption, the stop. */
  ask(body: string | Buffer): string {
    this.session.receive(framed(body));
    this.runUntilHeld();
    return this.replies.shift() ?? '(no reply)';
  }

  send(bytes: Buffer | string): void {
    this.session.receive(Buffer.from(bytes as string, 'latin1'));
  }

  nextReply(): string | undefined {
    return this.replies.shift();
  }

  monitor(command: string): string {
    const reply = this.ask(`qRcmd,${Buffer.from(command).toString('hex')}`);
    return reply === 'OK' ? '' : Buffer.from(reply, 'hex').toString();
  }

  runUntilHeld(): void {
    for (let slice = 0; !this.debug.isHeld && !this.isClosed; slice++) {
      const exit = this.debug.run({ instructions: 10_000 });
      if (exit.reason === 'reset') this.debug.debugged.reset();
      else if (exit.reason !== 'kick' && exit.reason !== 'budget') {
        this.exit = exit;
        return;
      }
      if (slice === MOST_SLICES) throw new Error('the machine does not stop');
    }
  }

  private take(bytes: Buffer): void {
    for (const event of this.reader.push(bytes)) {
      if (event.kind === 'ack') this.acknowledgements += '+';
      if (event.kind === 'corrupt') throw new Error('the server sent a packet that is not whole');
      if (event.kind === 'nack') this.acknowledgements += '-';
      if (event.kind !== 'packet') continue;
      const text = event.body.toString('latin1');
      if (/^O[0-9a-f]/.test(text)) this.console += Buffer.from(text.slice(1), 'hex').toString();
      else this.replies.push(text);
    }
  }
}
