import type { ContainmentRecord } from '../../machine/containment/ContainmentLog.ts';
import type { ContainmentEntry, ContainmentKind, ContainmentMechanism, CrashReport, VmId } from '../types.ts';

const MECHANISMS: Readonly<Record<ContainmentKind, ContainmentMechanism>> = {
  'outside-ram': 'physical-memory-map',
  'privileged-instruction': 'privilege-check',
  'unknown-port': 'port-bus',
  spin: 'scheduler',
  'triple-fault': 'shutdown',
  'thread-died': 'thread-boundary',
};

/** Entries kept; the oldest give way. */
const ENTRIES_MOST = 2000;

/** What all machines tried beyond what they own, oldest first. Each machine's log is bounded already. */
export class ContainmentLedger {
  readonly #entries = new Map<number, ContainmentEntry>();
  /** By machine, power-on and the machine's own number of the record; as many as there are entries, oldest first. */
  readonly #ids = new Map<string, number>();
  readonly #counts = new Map<VmId, number>();
  #nextId = 1;

  /** Takes a machine's new and grown records, and returns them as entries. `run` tells one power-on from the next. */
  add(vmId: VmId, run: number, records: readonly ContainmentRecord[]): readonly ContainmentEntry[] {
    const now = Date.now();
    return records.map((record) => {
      const key = `${vmId}/${run}/${record.id}`;
      const id = this.#ids.get(key) ?? this.#nextId++;
      this.#ids.set(key, id);
      const known = this.#entries.get(id);
      return this.#put({
        id,
        vmId,
        vcpu: 0,
        kind: record.kind,
        mechanism: MECHANISMS[record.kind],
        count: record.count,
        firstAt: known?.firstAt ?? now,
        lastAt: now,
        address: record.address,
        lastAddress: record.lastAddress,
        access: record.access,
        instructionAddress: record.instructionAddress,
        detail: record.detail,
      });
    });
  }

  addThreadDeath(vmId: VmId, kind: CrashReport['kind']): ContainmentEntry {
    const now = Date.now();
    return this.#put({
      id: this.#nextId++,
      vmId,
      vcpu: 0,
      kind: 'thread-died',
      mechanism: MECHANISMS['thread-died'],
      count: 1,
      firstAt: now,
      lastAt: now,
      address: 0,
      lastAddress: 0,
      access: null,
      instructionAddress: -1,
      detail: { id: 'crash', kind },
    });
  }

  /** A machine is gone for good; what it tried stays in the log. */
  forget(vmId: VmId): void {
    this.#counts.delete(vmId);
    for (const key of [...this.#ids.keys()]) if (key.startsWith(`${vmId}/`)) this.#ids.delete(key);
  }

  entries(vmId?: VmId): readonly ContainmentEntry[] {
    const all = [...this.#entries.values()];
    return vmId === undefined ? all : all.filter((entry) => entry.vmId === vmId);
  }

  /** Attempts of one machine since the log was cleared. */
  count(vmId: VmId): number {
    return this.#counts.get(vmId) ?? 0;
  }

  clear(): void {
    this.#entries.clear();
    this.#ids.clear();
    this.#counts.clear();
  }

  #put(entry: ContainmentEntry): ContainmentEntry {
    const before = this.#entries.get(entry.id)?.count ?? 0;
    this.#counts.set(entry.vmId, this.count(entry.vmId) + entry.count - before);
    this.#entries.set(entry.id, entry);
    if (this.#entries.size > ENTRIES_MOST) {
      const [oldest = 0] = this.#entries.keys();
      this.#entries.delete(oldest);
      this.#dropKeysUpTo(oldest);
    }
    return entry;
  }

  #dropKeysUpTo(id: number): void {
    for (const [key, known] of this.#ids) {
      if (known > id) return;
      this.#ids.delete(key);
    }
  }
}
