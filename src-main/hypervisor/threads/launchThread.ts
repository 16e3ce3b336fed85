import type { Worker } from 'node:worker_threads';
import { macAddressOf } from '../network/MachineNetwork.ts';
import { done, messageOf, refused } from '../results.ts';
import type { Scheduler } from '../scheduler/Scheduler.ts';
import type { VcpuShare } from '../scheduler/SchedulerState.ts';
import type { PackedSnapshot } from '../snapshots/PackedSnapshot.ts';
import type { StoredMachine } from '../storage/StoredMachine.ts';
import type { CrashReport, Result } from '../types.ts';
import type { ThreadBatch, ThreadMessage } from './protocol.ts';
import type { ThreadDrive, ThreadMachineDefinition, ThreadProgram } from './ThreadMachine.ts';
import type { VcpuThreads } from './VcpuThreads.ts';
import { type ThreadDeath, VcpuWorker } from './VcpuWorker.ts';

type ReadyMessage = Extract<ThreadMessage, { kind: 'ready' }>;
type RefusedMessage = Extract<ThreadMessage, { kind: 'refused' }>;
type ThreadReport = Omit<CrashReport, 'at'>;

export interface LaunchOptions {
  /** The machine's, for messages. */
  readonly name: string;
  readonly threads: VcpuThreads;
  readonly scheduler: Scheduler;
  readonly share: VcpuShare;
  readonly incarnation: number;
  readonly definition: ThreadMachineDefinition;
  onBatch(thread: VcpuWorker, batch: ThreadBatch): Promise<void> | undefined;
  onDeath(thread: VcpuWorker, report: ThreadReport): void;
}

/** A thread whose machine is made, and paused. */
export interface ReadyThread extends Pick<ReadyMessage, 'views' | 'summary' | 'loaded'> {
  readonly thread: VcpuWorker;
}

export interface LaunchedThread {
  readonly thread: VcpuWorker;
  /** Refused when its machine cannot be made; the thread has ended then, or does. */
  readonly ready: Promise<Result<ReadyThread>>;
  /** Nobody waits for it any more. */
  abandon(refusal: Result<never>): void;
}

/** Starts the thread of a machine's vCPU. */
export function launchThread(options: LaunchOptions): Result<LaunchedThread> {
  const { name, scheduler, share, incarnation, threads, definition } = options;
  const slot = scheduler.add({ ...share, incarnation });
  if (slot === undefined) {
    const message = 'Too many machines run already: power one of them off.';
    return refused('out-of-memory', message, { text: { id: 'machines-most' } });
  }
  let worker: Worker;
  try {
    worker = threads.take();
  } catch (error) {
    scheduler.removeDead(slot);
    return toRefusal(name, { kind: 'refused', reason: 'memory', message: messageOf(error) });
  }
  let settle: (result: Result<ReadyThread>) => void = () => undefined;
  const ready = new Promise<Result<ReadyThread>>((resolve) => (settle = resolve));
  const thread: VcpuWorker = new VcpuWorker({
    thread: worker,
    scheduler,
    slot,
    definition,
    events: {
      onReady: ({ views, summary, loaded }) => settle(done({ thread, views, summary, loaded })),
      onRefused: (refusal) => settle(toRefusal(name, refusal)),
      onBatch: (batch) => options.onBatch(thread, batch),
      onDeath: (death) => {
        const report = toReport(name, death);
        settle(refused('thread-died', report.message));
        options.onDeath(thread, report);
      },
    },
  });
  return done({ thread, ready, abandon: settle });
}

/** A machine as its thread makes it. */
export function definitionOf(
  stored: StoredMachine,
  program: ThreadProgram | null,
  drives: readonly ThreadDrive[],
  snapshot: PackedSnapshot | null,
): ThreadMachineDefinition {
  const { profile, memoryMiB, vcpuCount, clock, tier, bootOrder, network, adapterModel, hasConsole, hasSound } = stored;
  const macAddress = network === null ? null : macAddressOf(stored.id);
  const devices = { drives, macAddress, adapterModel, hasConsole, hasSound };
  return { profile, memoryMiB, vcpuCount, clock, tier, ...devices, bootOrder, program, snapshot };
}

function toRefusal(name: string, { reason, message }: RefusedMessage): Result<never> {
  switch (reason) {
    case 'program':
      return refused('program-refused', message);
    case 'drive':
      return refused('drive-refused', message);
    case 'snapshot':
      return refused('snapshot-refused', `The snapshot does not fit “${name}”: ${message}.`);
    case 'memory':
      return refused('out-of-memory', `The host refuses the memory of “${name}”: ${message}.`, {
        text: { id: 'host-memory', values: { name } },
      });
  }
}

function toReport(name: string, { isOutOfMemory, message, detail }: ThreadDeath): ThreadReport {
  return isOutOfMemory
    ? { kind: 'out-of-memory', message: `The thread of “${name}” ran out of memory.`, detail: message }
    : { kind: 'thread-died', message: `The thread of “${name}” died: ${message}.`, detail };
}
