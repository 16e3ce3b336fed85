import type { StackFrame } from '../../../src-preload/contract/debugging.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Control } from '../../control/Control.ts';
import { EXIT_STATUS } from '../ExitStatus.ts';
import { prefixedHex } from './inspection/hexText.ts';
import { machineNamed, printJson, say, valueOf, type MachineContext } from './MachineCommands.ts';

const POLL_MS = 50;
/** A procedure that has not come back by then may never do so; the machine runs on. */
const MOST_WAIT_MS = 10_000;

/** Waits until a machine that was told to go somewhere is there, and says where it stands; the exit status. */
export async function reportStop(context: MachineContext, control: Control, id: string): Promise<number> {
  const { state, name } = await whenStopped(control, id);
  if (state !== 'paused') {
    if (context.isJson) await printJson(context, { state });
    context.terminal.complain(
      state === 'running'
        ? `“${name}” has not got there in ${MOST_WAIT_MS / 1000} seconds, and runs on. Hold it where it is: vivarium pause "${name}"`
        : `“${name}” has not got there: it is ${state} now.`,
    );
    return EXIT_STATUS.limit;
  }
  const listing = valueOf(await control.call('debug:disassemble', { id, linesBefore: 0, linesAfter: 0 }));
  const [frame] = valueOf(await control.call('debug:callStack', { id }));
  const instruction = listing.lines[0]?.text ?? '';
  if (context.isJson)
    await printJson(context, { state, linearAddress: listing.current, instruction, frame: frame ?? null });
  await say(context, `${frame ? frameText(frame) : prefixedHex(listing.current)}  ${instruction}`);
  return EXIT_STATUS.success;
}

async function whenStopped(control: Control, id: string): Promise<VmSummary> {
  const end = performance.now() + MOST_WAIT_MS;
  for (;;) {
    const vm = await machineNamed(control, id);
    if (vm.state !== 'running' || performance.now() >= end) return vm;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** `0x00007c05  work+0x2  boot.asm:5`, and whether it is a guess. */
export function frameText({ linearAddress, symbol, offset, source, isGuess, isInterrupted }: StackFrame): string {
  const name = symbol === null ? '' : offset === 0 ? `  ${symbol}` : `  ${symbol}+0x${offset.toString(16)}`;
  const line = source ? `  ${source.file.split('/').at(-1) ?? source.file}:${source.line}` : '';
  const marks = [isInterrupted ? 'interrupted' : '', isGuess ? 'guess' : ''].filter((mark) => mark !== '').join(', ');
  return `${prefixedHex(linearAddress)}${name}${line}${marks === '' ? '' : `  (${marks})`}`;
}
