import { spawn } from 'node:child_process';
import { messageOf } from '../results.ts';

/** A program of the host ended badly: a sentence for the user. */
export class ToolFailure extends Error {}

/** The build was cancelled. */
export class Cancelled extends Error {}

export interface ToolOptions {
  readonly signal: AbortSignal;
  readonly folder?: string;
  readonly input?: Uint8Array;
  /** Some say that they failed when all went well. */
  readonly ignoresStatus?: boolean;
}

/** Runs a program of the host and returns what it writes. Throws {@link ToolFailure} or {@link Cancelled}. */
export async function runTool(name: string, parameters: readonly string[], options: ToolOptions): Promise<Buffer> {
  const { signal, folder, input, ignoresStatus = false } = options;
  if (signal.aborted) throw new Cancelled();
  const child = spawn(name, parameters, {
    signal,
    ...(folder !== undefined && { cwd: folder }),
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  let complaint = '';
  child.stdout?.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => (complaint = (complaint + bytes.toString()).slice(-4000)));
  // A tool that has read enough closes its input; what it then says of its work counts.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      reject(signal.aborted ? new Cancelled() : new ToolFailure(`${name} cannot be run: ${messageOf(error)}.`));
    });
    child.once('close', resolve);
  });
  if (signal.aborted) throw new Cancelled();
  if (status !== 0 && !ignoresStatus) {
    const reason = complaint.trim().split('\n').at(-1) ?? '';
    throw new ToolFailure(`${name} failed: ${reason === '' ? `it ended with status ${status}` : reason}`);
  }
  return Buffer.concat(output);
}
