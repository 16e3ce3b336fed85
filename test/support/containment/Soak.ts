import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type HypervisorErrorCode, type Result, TIERS, type VmId } from '../../../src-main/hypervisor/types.ts';
import { Random } from '../engine/Random.ts';
import { sleep } from '../hypervisor/openTestHypervisor.ts';
import { buildAllocatorTrim } from './allocatorTrim.ts';
import { collectGarbage } from './collectGarbage.ts';
import { CORPUS } from './corpus.ts';
import { Siege } from './Siege.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Machines at a time, at most. */
  readonly machines: number;
  /** For so long, or so many actions, machines live before all are deleted and what is left is looked at. */
  readonly lap: { readonly ms: number } | { readonly actions: number };
  readonly log?: (line: string) => void;
}

/** What is left of a lap once its machines are gone. */
export interface Remains {
  /**
   * Resident, less what V8 has of it for later use and, where it can be made to give that back, the C library: how much
   * that is goes by what was done last, not by what is kept.
   */
  readonly keptMiB: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  /** Of the process, as the host counts them; 0 where it does not. */
  readonly threads: number;
  readonly openFiles: number;
  readonly folders: readonly string[];
}

/** Refusals that a command may meet when machines are started, stopped and snapshotted at random. */
const EXPECTED: readonly HypervisorErrorCode[] = ['wrong-state', 'drive-refused', 'snapshot-refused', 'thread-died'];
const MIB = 2 ** 20;
const NETWORK_THREAD = 'test/support/containment/patchbayThread.ts';

/** Creates machines, good ones and rogues, and does to them at random all that an owner may, until they are deleted. */
export class Soak {
  readonly counts = new Map<string, number>();
  private readonly siege: Siege;
  private readonly random: Random;
  private readonly trimAllocator: (() => void) | undefined;
  private readonly options: SoakOptions;
  /** Those that there must be. */
  private readonly known = new Set<VmId>();
  private place = 'before the first action';
  private acts = 0;

  private constructor(siege: Siege, options: SoakOptions) {
    this.siege = siege;
    this.options = options;
    this.random = new Random(options.seed);
    this.trimAllocator = buildAllocatorTrim(siege.folder);
  }

  /** Whether `keptMiB` is without what the C library keeps. */
  get canTrim(): boolean {
    return this.trimAllocator !== undefined;
  }

  static async open(options: SoakOptions): Promise<Soak> {
    return new Soak(await Siege.open({ pcpuCount: 2 }, NETWORK_THREAD), options);
  }

  /** One generation of machines. Throws with the seed and the action when something goes wrong. */
  async lap(): Promise<Remains> {
    const { lap } = this.options;
    const end = 'ms' in lap ? performance.now() + lap.ms : Infinity;
    const last = 'actions' in lap ? this.acts + lap.actions : Infinity;
    try {
      while (performance.now() < end && this.acts < last) {
        const machines = this.siege.hypervisor.list().map(({ id }) => id);
        // Several at once, for machines of their own.
        const chosen = new Set(
          Array.from({ length: 1 + this.random.below(3) }, () => this.random.pick([...machines, ''])),
        );
        await Promise.all([...chosen].map((id) => this.act(id)));
        this.expectAllMachines();
      }
      this.place = 'deleting all machines';
      for (const id of this.known) await this.remove(id);
      this.expectAllMachines();
      return await this.remains();
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`seed ${this.options.seed}, action ${this.acts}, ${this.place}: ${message}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.siege.close();
  }

  private async act(id: VmId | ''): Promise<void> {
    const { hypervisor } = this.siege;
    if (id === '' || hypervisor.get(id) === undefined) {
      if (this.known.size < this.options.machines) await this.create();
      return;
    }
    const { random } = this;
    const ways: Readonly<Record<string, () => Promise<Result<unknown>>>> = {
      start: () => hypervisor.start(id),
      'start once more': () => hypervisor.start(id),
      pause: () => hypervisor.pause(id),
      resume: () => hypervisor.resume(id),
      reset: () => hypervisor.reset(id),
      'power off': () => hypervisor.powerOff(id),
      suspend: () => hypervisor.suspend(id),
      'change its share': () =>
        hypervisor.update(id, {
          weight: 1 + random.below(1000),
          capPercent: random.pick([0, 0, 10, 50]),
          sliceMs: random.pick([null, null, 1, 100]),
        }),
      'move to another tier': () => this.moveToTier(id),
      'take a snapshot': () => hypervisor.takeSnapshot(id, { name: `s${this.acts}` }),
      'restore a snapshot': () => this.withSnapshot(id, (snapshot) => hypervisor.restoreSnapshot(id, snapshot)),
      'delete a snapshot': () => this.withSnapshot(id, (snapshot) => hypervisor.deleteSnapshot(id, snapshot)),
      clone: () => this.clone(id),
      look: async () => {
        const stop = hypervisor.console.watchScreen(id, 30);
        await sleep(random.below(30));
        stop();
        return { ok: true, value: null };
      },
      delete: async () => {
        if (random.chance(60)) return { ok: true, value: null };
        this.known.delete(id);
        const off = await hypervisor.powerOff(id);
        if (!off.ok && off.error.code !== 'wrong-state') return off;
        const deleted = await hypervisor.delete(id);
        if (!deleted.ok) this.known.add(id);
        return deleted;
      },
      wait: async () => {
        await sleep(random.below(100));
        return { ok: true, value: null };
      },
    };
    const name = random.pick(Object.keys(ways));
    this.note(`${name} of ${hypervisor.get(id)?.name ?? id}`);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const result = await ways[name]();
    if (!result.ok && !EXPECTED.includes(result.error.code))
      throw new Error(`${name} was refused: ${result.error.code}: ${result.error.message}`);
    const crash = hypervisor.get(id)?.crash;
    if (crash && crash.kind !== 'triple-fault') throw new Error(`after ${name}: ${crash.message} ${crash.detail}`);
  }

  private async create(): Promise<void> {
    const { random, siege } = this;
    const rogue = random.pick(CORPUS);
    const isRogue = random.chance(70);
    this.note(`create ${isRogue ? rogue : 'a canary'}`);
    const id = isRogue ? await siege.addRogue(rogue) : await siege.addCanary();
    this.known.add(id);
    this.counts.set('create', (this.counts.get('create') ?? 0) + 1);
    if (random.chance(80)) await siege.hypervisor.start(id);
  }

  /** A change counts from the next start: one that is on is resumed from disk, in the middle of what it does. */
  private async moveToTier(id: VmId): Promise<Result<unknown>> {
    const { hypervisor } = this.siege;
    const changed = await hypervisor.update(id, { tier: this.random.pick(TIERS) });
    if (!changed.ok) return changed;
    const suspended = await hypervisor.suspend(id);
    return suspended.ok ? hypervisor.start(id) : suspended;
  }

  private async clone(id: VmId): Promise<Result<unknown>> {
    if (this.known.size >= this.options.machines) return { ok: true, value: null };
    const entries = this.siege.hypervisor.snapshots(id)?.entries ?? [];
    const snapshot = entries.length > 0 && this.random.chance(60) ? this.random.pick(entries).id : undefined;
    const cloned = await this.siege.hypervisor.clone(id, snapshot === undefined ? {} : { snapshot });
    if (cloned.ok) this.known.add(cloned.value.id);
    return cloned;
  }

  private async withSnapshot(id: VmId, act: (snapshot: string) => Promise<Result<unknown>>): Promise<Result<unknown>> {
    const entries = this.siege.hypervisor.snapshots(id)?.entries ?? [];
    return entries.length === 0 ? { ok: true, value: null } : act(this.random.pick(entries).id);
  }

  private async remove(id: VmId): Promise<void> {
    await this.siege.hypervisor.powerOff(id);
    const deleted = await this.siege.hypervisor.delete(id);
    if (!deleted.ok) throw new Error(deleted.error.message);
    this.known.delete(id);
  }

  private note(what: string): void {
    this.acts++;
    this.place = what;
    this.options.log?.(`${this.acts}: ${what}`);
  }

  private expectAllMachines(): void {
    const present = this.siege.hypervisor.list().map(({ id }) => id);
    const lost = [...this.known].filter((id) => !present.includes(id));
    const unknown = present.filter((id) => !this.known.has(id));
    if (lost.length + unknown.length > 0)
      throw new Error(
        `machines lost: ${lost.join() || 'none'}; machines that nobody made: ${unknown.join() || 'none'}`,
      );
  }

  private async remains(): Promise<Remains> {
    // Threads' memory is given back some time after they have ended.
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await sleep(100);
    }
    const rssMiB = process.memoryUsage.rss() / MIB;
    this.trimAllocator?.();
    const { rss, heapUsed, heapTotal } = process.memoryUsage();
    return {
      keptMiB: (rss - (heapTotal - heapUsed)) / MIB,
      rssMiB,
      heapMiB: heapUsed / MIB,
      threads: entriesOf('/proc/self/task').length,
      openFiles: entriesOf('/proc/self/fd').length,
      folders: entriesOf(path.join(this.siege.folder, 'store/machines')),
    };
  }
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
