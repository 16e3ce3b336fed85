import type { Disposer, VmId, VmState } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import type { SnapshotCommands } from './SnapshotCommands.ts';

/** Calls `action` again and again, until the disposer is called. */
export type Every = (ms: number, action: () => void) => Disposer;

const MINUTE_MS = 60_000;

interface Watch {
  readonly minutes: number;
  readonly stop: Disposer;
  /** The last one is not stored yet. */
  isTaking: boolean;
  /** What a machine that stands still was at when the last one was taken. */
  lastMark: string | null;
}

/**
 * Keeps the state of machines that are on, as often as each one's owner wishes, for the process that comes after one that
 * was killed. Whoever switches a machine off gives its checkpoint up; a start that fails does not.
 */
export class CheckpointKeeper {
  readonly #snapshots: Pick<SnapshotCommands, 'takeCheckpoint' | 'dropCheckpoints'>;
  readonly #every: Every;
  readonly #watches = new Map<VmId, Watch>();

  constructor(snapshots: Pick<SnapshotCommands, 'takeCheckpoint' | 'dropCheckpoints'>, every: Every = everyOnHost) {
    this.#snapshots = snapshots;
    this.#every = every;
  }

  onState(machine: VirtualMachine, from: VmState, to: VmState): void {
    this.watch(machine);
    // What comes from `starting` may be a wake that was refused, whose checkpoint is still all there is.
    const isOver = (to === 'off' && from !== 'starting') || (from === 'crashed' && to === 'starting');
    if (isOver && !machine.isBeingDeleted) void this.#snapshots.dropCheckpoints(machine);
  }

  /** A machine's state or settings may have changed. */
  watch(machine: VirtualMachine): void {
    const watch = this.#watches.get(machine.id);
    const isOn = machine.state !== 'off' && machine.state !== 'starting' && machine.state !== 'crashed';
    const minutes = machine.stored.checkpointMinutes;
    if (isOn && minutes === null && watch) void this.#snapshots.dropCheckpoints(machine);
    const wanted = isOn ? minutes : null;
    if ((watch?.minutes ?? null) === wanted) return;
    watch?.stop();
    this.#watches.delete(machine.id);
    if (wanted === null) return;
    const fresh: Watch = {
      minutes: wanted,
      stop: this.#every(wanted * MINUTE_MS, () => void this.#take(machine, fresh)),
      isTaking: false,
      lastMark: null,
    };
    this.#watches.set(machine.id, fresh);
  }

  async #take(machine: VirtualMachine, watch: Watch): Promise<void> {
    if (watch.isTaking || (machine.state !== 'running' && machine.state !== 'paused')) return;
    // It would end its way back, which its user waits for: next time.
    if (machine.isGoingBack) return;
    const mark = machine.isStill ? markOf(machine) : null;
    if (mark !== null && mark === watch.lastMark) return;
    watch.isTaking = true;
    try {
      // One that fails is tried again next time, and the last one stays.
      const taken = await this.#snapshots.takeCheckpoint(machine);
      watch.lastMark = taken.ok ? mark : null;
    } finally {
      watch.isTaking = false;
    }
  }
}

/** Changes with whatever a machine that stands still goes through. */
function markOf(machine: VirtualMachine): string {
  return JSON.stringify([machine.state, machine.memoryVersion, machine.registers(0)], (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}

function everyOnHost(ms: number, action: () => void): Disposer {
  const timer = setInterval(action, ms);
  timer.unref();
  return () => clearInterval(timer);
}
