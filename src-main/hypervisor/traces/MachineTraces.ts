import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { TraceChoice } from '../../machine/tracing/MachineTrace.ts';
import { findDriveAt } from '../findDriveAt.ts';
import { MachineTurns } from '../MachineTurns.ts';
import { done, refused } from '../results.ts';
import { describeFileError } from '../storage/files.ts';
import type { Result, TraceRequest, TraceService, VmId, VmTrace } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';

/** How often it is told how large a trace has become. */
const TOLD_EVERY_MS = 250;

export interface TraceParts {
  find(id: VmId): Result<VirtualMachine>;
  machines(): Iterable<VirtualMachine>;
  onChanged(id: VmId, trace: VmTrace | null): void;
}

interface OpenTrace {
  readonly choice: TraceChoice;
  readonly handle: FileHandle;
  /** Resolves when its file is closed; undefined: it goes on. */
  ended: Promise<void> | undefined;
  status: VmTrace;
  /** What threads have said so far, of which some may be under way to the file. */
  saidBytes: number;
  /** What is under way to the file. */
  writing: Promise<void>;
  toldAt: number;
  /** Why the host could not write. */
  failure: string | null;
}

/** Traces on their way from machines' threads to files. Only `start` and the writing wait for the disk, and nobody else for these. */
export class MachineTraces implements TraceService {
  readonly #parts: TraceParts;
  readonly #traces = new Map<VmId, OpenTrace>();
  /** Files of traces that are about to begin. */
  readonly #opening = new Map<VmId, string>();
  /** Those whose files are being closed, of machines that are gone too. */
  readonly #ending = new Set<Promise<void>>();
  /** Starts and stops. */
  readonly #turns = new MachineTurns();

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  status(id: VmId): VmTrace | null {
    return this.#traces.get(id)?.status ?? null;
  }

  start(id: VmId, request: TraceRequest): Promise<Result<VmTrace>> {
    return this.#turns.take(id, () => this.#start(id, request));
  }

  stop(id: VmId): Promise<Result<VmTrace | null>> {
    return this.#turns.take(id, () => this.#stop(id));
  }

  /** The machine has another thread, which has not run yet. */
  onThread(machine: VirtualMachine): void {
    const trace = this.#recording(machine.id);
    if (trace) void this.#armAnew(machine, trace);
  }

  /** Lines that a machine's thread has written down. Resolves when they are in the file, or cannot be. */
  onLines(id: VmId, lines: Uint8Array): Promise<void> {
    const trace = this.#recording(id);
    if (!trace) return Promise.resolve();
    trace.saidBytes += lines.length;
    return (trace.writing = trace.writing.then(() => this.#write(id, trace, lines)));
  }

  onFull(id: VmId): void {
    const trace = this.#traces.get(id);
    if (trace) void this.#end(id, trace, 'full');
  }

  onOff(id: VmId): void {
    const trace = this.#traces.get(id);
    if (trace) void this.#end(id, trace, 'stopped');
  }

  /** Its machine is gone. The file stays. */
  forget(id: VmId): void {
    this.onOff(id);
    if (this.#traces.delete(id)) this.#parts.onChanged(id, null);
  }

  async close(): Promise<void> {
    for (const id of this.#traces.keys()) this.onOff(id);
    await Promise.all(this.#ending);
  }

  async #start(id: VmId, request: TraceRequest): Promise<Result<VmTrace>> {
    const found = this.#parts.find(id);
    if (!found.ok) return found;
    const { file } = request;
    const conflict = (await findDriveAt(file, this.#parts.machines())) ?? this.#findTraceTo(id, file);
    if (conflict !== undefined) return conflict;
    this.#opening.set(id, file);
    try {
      return await this.#open(id, request);
    } finally {
      this.#opening.delete(id);
    }
  }

  async #open(id: VmId, { file, filter, ...choice }: TraceRequest): Promise<Result<VmTrace>> {
    await this.#stop(id);
    let handle: FileHandle;
    try {
      handle = await open(file, 'w');
    } catch (error) {
      return unwritable(file, error);
    }
    // It may have been deleted meanwhile.
    const still = this.#parts.find(id);
    if (!still.ok) {
      await handle.close();
      return still;
    }
    const { mostBytes } = choice;
    const status: VmTrace = { file, filter, mostBytes, byteLength: 0, state: 'recording', problem: null };
    const trace: OpenTrace = {
      choice,
      handle,
      ended: undefined,
      status,
      saidBytes: 0,
      writing: Promise.resolve(),
      toldAt: 0,
      failure: null,
    };
    this.#traces.set(id, trace);
    const armed = await this.#arm(still.value, trace);
    if (!armed.ok) {
      await this.#end(id, trace, 'stopped');
      return armed;
    }
    this.#tell(id, trace);
    return done(trace.status);
  }

  async #stop(id: VmId): Promise<Result<VmTrace | null>> {
    const trace = this.#traces.get(id);
    if (trace && !trace.ended) {
      const found = this.#parts.find(id);
      // Its answer comes behind what it has written down.
      if (found.ok && found.value.worker !== undefined) await found.value.send('trace', null);
    }
    if (trace) await this.#end(id, trace, 'stopped');
    return done(this.status(id));
  }

  #recording(id: VmId): OpenTrace | undefined {
    const trace = this.#traces.get(id);
    return trace?.ended ? undefined : trace;
  }

  async #arm(machine: VirtualMachine, { choice, saidBytes }: OpenTrace): Promise<Result<null>> {
    if (machine.worker === undefined || machine.worker.hasEnded) return done(null);
    const armed = await machine.send('trace', { ...choice, mostBytes: Math.max(0, choice.mostBytes - saidBytes) });
    // One that has not answered may obey yet.
    if (!armed.ok) machine.worker?.post('trace', null);
    return armed;
  }

  async #armAnew(machine: VirtualMachine, trace: OpenTrace): Promise<void> {
    const armed = await this.#arm(machine, trace);
    // A thread that has died has a successor, which is asked next, or its machine is off.
    if (armed.ok || armed.error.code === 'thread-died' || trace.ended) return;
    trace.failure ??= armed.error.message;
    await this.#end(machine.id, trace, 'failed');
  }

  async #write(id: VmId, trace: OpenTrace, lines: Uint8Array): Promise<void> {
    // What comes behind a failure would leave a gap.
    if (trace.failure !== null) return;
    try {
      for (let at = 0; at < lines.length;) at += (await trace.handle.write(lines, at)).bytesWritten;
      trace.status = { ...trace.status, byteLength: trace.status.byteLength + lines.length };
      if (Date.now() - trace.toldAt >= TOLD_EVERY_MS) this.#tell(id, trace);
    } catch (error) {
      const found = this.#parts.find(id);
      if (found.ok) found.value.worker?.post('trace', null);
      trace.failure = unwritten(trace, error);
      // This very writing is what the end waits for.
      void this.#end(id, trace, 'failed');
    }
  }

  /** The first end counts. */
  #end(id: VmId, trace: OpenTrace, state: VmTrace['state']): Promise<void> {
    if (trace.ended) return trace.ended;
    const ended = this.#close(id, trace, state).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    return (trace.ended = ended);
  }

  async #close(id: VmId, trace: OpenTrace, state: VmTrace['state']): Promise<void> {
    await trace.writing;
    try {
      await trace.handle.close();
    } catch (error) {
      trace.failure ??= unwritten(trace, error);
    }
    const { failure } = trace;
    trace.status = { ...trace.status, state: failure === null ? state : 'failed', problem: failure };
    this.#tell(id, trace);
  }

  /** Nobody is told of one that another has replaced, or whose machine is gone. */
  #tell(id: VmId, trace: OpenTrace): void {
    if (this.#traces.get(id) !== trace) return;
    trace.toldAt = Date.now();
    this.#parts.onChanged(id, trace.status);
  }

  #findTraceTo(id: VmId, file: string): Result<never> | undefined {
    const recording = [...this.#traces].filter(([, { ended }]) => !ended);
    const taken = [...this.#opening, ...recording.map(([owner, { status }]) => [owner, status.file] as const)];
    if (!taken.some(([owner, other]) => owner !== id && path.resolve(other) === path.resolve(file))) return undefined;
    const name = path.basename(file);
    const message = `${name} takes the trace of another machine. Choose another file.`;
    return refused('storage-failed', message, { text: { id: 'trace-file-taken', values: { name } } });
  }
}

function unwritten({ status }: OpenTrace, error: unknown): string {
  return `${path.basename(status.file)} cannot be written: ${describeFileError(error)}.`;
}

function unwritable(file: string, error: unknown): Result<never> {
  const [name, reason] = [path.basename(file), describeFileError(error)];
  const message = `${name} cannot be written: ${reason}. Choose another file.`;
  return refused('storage-failed', message, { text: { id: 'trace-file-unwritable', values: { name, reason } } });
}
