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
const ENTRIES_KEPT = 5_000;
const PUBLISH_MS = 250;

/**
 * The containment log with its proof: beside each attempt stands how the neighbours were when it was last counted.
 * Hashing the neighbours' memory costs time, so it is asked for only while something happens.
 */
export class ContainmentJournal {
  private readonly hypervisor: HypervisorService;
  private readonly publish: (entries: ContainmentEntry[]) => void;
  private readonly entries = new Map<number, ContainmentEntry>();
  private readonly names = new Map<VmId, string>();
  private readonly waiting = new Set<number>();
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
    return [...this.entries.values()].slice(-limit);
  }

  clear(): void {
    this.hypervisor.clearContainmentLog();
    this.entries.clear();
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
      const name = this.hypervisor.get(entry.vmId)?.name ?? this.names.get(entry.vmId) ?? entry.vmId;
      this.names.set(entry.vmId, name);
      this.entries.set(entry.id, { ...entry, name, neighbours: this.proofs(entry.vmId) });
      this.waiting.add(entry.id);
      const [oldest] = this.entries.keys();
      if (this.entries.size > ENTRIES_KEPT && oldest !== undefined) this.entries.delete(oldest);
    }
    this.publishTimer ??= setTimeout(() => this.flush(), PUBLISH_MS);
  }

  private flush(): void {
    this.publishTimer = undefined;
    const entries = [...this.waiting].flatMap((id) => this.entries.get(id) ?? []);
    this.waiting.clear();
    if (entries.length > 0) this.publish(entries);
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
