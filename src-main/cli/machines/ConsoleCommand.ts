import { setTimeout as sleep } from 'node:timers/promises';
import { ControlClient } from '../../control/socket/ControlClient.ts';
import { EXIT_STATUS, INTERRUPT_STATUS, type Interrupt } from '../ExitStatus.ts';
import { machineNamed, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';

/** Ctrl-], which leaves, as telnet and virsh have it. */
const LEAVE = 0x1d;
/** Lines of the past that a person is shown; a file or pipe gets all that is kept. */
const PAST_LINES = 24;
const BYTES_AT_ONCE = 4096;
const BYTES_WAITING_MOST = 64 * 1024;
/** A machine's last words come with the next frame. */
const LAST_WORDS_MS = 200;

type ConsoleEnd = 'left' | 'off' | 'gone' | Interrupt;

/** `vivarium console`: the terminal is the machine's first serial port, until Ctrl-] or the machine's power-off. */
export function attachConsole(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { terminal } = context;
    const { id, name, state } = await machineNamed(control, word);
    if (!(control instanceof ControlClient) || state === 'off')
      throw new Refusal({ code: 'wrong-state', message: `“${name}” is off. Start it first: vivarium start "${name}"` });
    const disposers: (() => void)[] = [];
    let isInteractive = false;
    const end = await new Promise<ConsoleEnd>((resolve, reject) => {
      const input = new SerialInput(
        (bytes) => control.call('vm:serialInput', { id, bytes }),
        () => resolve('left'),
      );
      disposers.push(
        terminal.onInterrupt(resolve),
        control.onEnd(() => resolve('gone')),
        control.on('vm:changed', (vm) => {
          if (vm.id === id && vm.state === 'off') resolve('off');
        }),
        terminal.listen({
          onBytes: (bytes) => input.type(bytes),
          // Of a pipe or a file: the machine's answers are still wanted.
          onEnd: () => undefined,
          isInteractive: (value) => (isInteractive = input.isInteractive = value),
          isFull: () => input.length > BYTES_WAITING_MOST,
        }),
      );
      if (isInteractive) terminal.complain(`This is the serial port of “${name}”. Ctrl-] leaves.`);
      let isFirst = isInteractive;
      const followed = control.followSerial(id, {
        async onSerial({ bytes, droppedBytes }) {
          if (droppedBytes > 0) terminal.complain(`[${droppedBytes} bytes were lost: the machine was faster]`);
          await terminal.write(isFirst ? lastLines(bytes) : bytes);
          isFirst = false;
        },
        onEnd: () => resolve('gone'),
      });
      followed.then((outcome) => disposers.push(valueOf(outcome))).catch(reject);
    }).finally(async () => {
      await sleep(LAST_WORDS_MS);
      disposers.forEach((dispose) => dispose());
    });
    if (isInteractive) terminal.complain('');
    if (end === 'off') terminal.complain(`“${name}” is off.`);
    if (end === 'gone') terminal.complain(`“${name}” is gone, or Vivarium has ended.`);
    return end === 'left' || end === 'off' || end === 'gone' ? EXIT_STATUS.success : INTERRUPT_STATUS[end];
  });
}

/** Keys on their way to a machine, in order, a bounded piece at a time. */
class SerialInput {
  isInteractive = false;
  private readonly send: (bytes: Uint8Array) => Promise<unknown>;
  private readonly leave: () => void;
  private pending: number[] = [];
  private isSending = false;

  constructor(send: (bytes: Uint8Array) => Promise<unknown>, leave: () => void) {
    this.send = send;
    this.leave = leave;
  }

  get length(): number {
    return this.pending.length;
  }

  type(bytes: Uint8Array): void {
    const end = this.isInteractive ? bytes.indexOf(LEAVE) : -1;
    this.pending.push(...(end < 0 ? bytes : bytes.subarray(0, end)));
    void this.flush();
    if (end >= 0) this.leave();
  }

  /** What a paused machine refuses is lost, as on a cable. */
  private async flush(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    while (this.pending.length > 0) await this.send(Uint8Array.from(this.pending.splice(0, BYTES_AT_ONCE)));
    this.isSending = false;
  }
}

function lastLines(bytes: Uint8Array): Uint8Array {
  let start = bytes.length;
  for (let line = 0; line < PAST_LINES && start > 0; line++) start = bytes.lastIndexOf(0x0a, start - 2) + 1;
  return bytes.subarray(start);
}
