import type { ContainmentEntry, NeighbourProof } from '../../src-preload/contract/observation.ts';
import type {
  ContainmentEntry as HypervisorEntry,
  Disposer,
  HypervisorService,
  IsolationSample,
  VmId,
} from '../hypervisor/types.ts';

/** Neighbours are watched for this long after a guest last hit a wall. */
const WATCH_MS = 5_000;
const LINES_KEPT = 1_000;
const PUBLISH_MS = 250;

/** One line of the journal: all attempts of one kind by one machine, however many places they went to. */
interface Line {
  entry: ContainmentEntry;
  /** Counts of the hypervisor's entries in it, which each stand for one place. */
  readonly counts: Map<number, number>;
}

/**
 * The containment log as people read it, with its proof: a machine that tries a thousand ports is one line, and
 * beside it stands how the neighbours were when it was last counted. Hashing the neighbours' memory costs time, so
 * it is asked for only while something happens.
 */
export class ContainmentJournal {
  private readonly hypervisor: HypervisorService;
  private readonly publish: (entries: ContainmentEntry[]) => void;
  private readonly lines = new Map<string, Line>();
  private readonly names = new Map<VmId, string>();
  private readonly waiting = new Set<string>();
  private isolation: IsolationSample | null = null;
  private watching: Disposer | null = null;
  private watchEnd: NodeJS.Timeout | undefined;
  private publishTimer: NodeJS.Timeout | undefined;

  constructor(hypervisor: HypervisorService, publish: (entries: ContainmentEntry[]) => void) {
    this.hypervisor = hypervisor;
    this.publish = publish;
    this.record(hypervisor.containmentLog());
    hypervisor.on('containment', (entries) => {
      this.watchNeighbours();
      this.record(entries);
    });
  }

  list(limit: number): ContainmentEntry[] {
    return [...this.lines.values()].slice(-limit).map(({ entry }) => entry);
  }

  clear(): void {
    this.hypervisor.clearContainmentLog();
    this.lines.clear();
    this.waiting.clear();
  }

  dispose(): void {
    clearTimeout(this.watchEnd);
    clearTimeout(this.publishTimer);
    this.watching?.();
    this.watching = null;
  }

  private record(found: readonly HypervisorEntry[]): void {
    if (found.length === 0) return;
    for (const entry of found) {
      const key = [entry.vmId, entry.vcpu, entry.kind, entry.access].join(' ');
      this.lines.set(key, this.merge(this.lines.get(key), entry));
      this.waiting.add(key);
      const [oldest] = this.lines.keys();
      if (this.lines.size > LINES_KEPT && oldest !== undefined) this.lines.delete(oldest);
    }
    this.publishTimer ??= setTimeout(() => this.flush(), PUBLISH_MS);
  }

  private merge(line: Line | undefined, entry: HypervisorEntry): Line {
    const counts = (line?.counts ?? new Map<number, number>()).set(entry.id, entry.count);
    const before = line?.entry;
    const merged: ContainmentEntry = {
      ...entry,
      id: before?.id ?? entry.id,
      name: this.nameOf(entry.vmId),
      count: [...counts.values()].reduce((sum, count) => sum + count, 0),
      firstAt: Math.min(before?.firstAt ?? entry.firstAt, entry.firstAt),
      lastAt: Math.max(before?.lastAt ?? entry.lastAt, entry.lastAt),
      address: Math.min(before?.address ?? entry.address, entry.address),
      lastAddress: Math.max(before?.lastAddress ?? entry.lastAddress, entry.lastAddress),
      neighbours: before?.neighbours ?? [],
    };
    return { entry: merged, counts };
  }

  private flush(): void {
    this.publishTimer = undefined;
    const entries: ContainmentEntry[] = [];
    for (const key of this.waiting) {
      const line = this.lines.get(key);
      if (!line) continue;
      line.entry = { ...line.entry, neighbours: this.proofs(line.entry.vmId) };
      entries.push(line.entry);
    }
    this.waiting.clear();
    if (entries.length > 0) this.publish(entries);
  }

  /** Also of a machine that has gone since. */
  private nameOf(id: VmId): string {
    const name = this.hypervisor.get(id)?.name ?? this.names.get(id) ?? id;
    this.names.set(id, name);
    return name;
  }

  private proofs(offender: VmId): NeighbourProof[] {
    const proofs: NeighbourProof[] = [];
    for (const { vmId, receivedShare, entitledShare } of this.hypervisor.statistics().vms) {
      const vm = this.hypervisor.get(vmId);
      if (!vm || vmId === offender || vm.state !== 'running') continue;
      const evidence = this.isolation?.integrity.find((integrity) => integrity.vmId === vmId);
      proofs.push({
        vmId,
        name: vm.name,
        digest: evidence?.digest ?? '',
        foreignWrites: evidence?.foreignWrites ?? 0,
        receivedShare,
        entitledShare,
      });
    }
    return proofs;
  }

  private watchNeighbours(): void {
    clearTimeout(this.watchEnd);
    this.watching ??= this.hypervisor.on('isolation', (sample) => (this.isolation = sample));
    this.watchEnd = setTimeout(() => {
      this.watching?.();
      this.watching = null;
    }, WATCH_MS);
  }
}
