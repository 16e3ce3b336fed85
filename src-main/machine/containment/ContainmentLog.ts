/** What a guest tried beyond what it owns. */
export type ContainmentKind = 'outside-ram' | 'privileged-instruction' | 'unknown-port' | 'spin' | 'triple-fault';

export type ContainmentAccess = 'read' | 'write' | 'execute';

/** What more there is to say of an attempt: an id and its parameters, to be said in the user's language. */
export type ContainmentDetail =
  | { readonly id: 'instruction'; readonly mnemonic: string }
  | { readonly id: 'undelivered-exception'; readonly vector: number }
  | { readonly id: 'interrupts-off'; readonly seconds: number };

/** Where the bus and the machine report an attempt; cheap enough to be called a million times a second. */
export interface ContainmentSink {
  /** `value` is what was written, or undefined. */
  report(
    kind: ContainmentKind,
    access: ContainmentAccess,
    address: number,
    value?: number,
    detail?: ContainmentDetail,
  ): void;
}

/** The same attempt repeated: one record whose `count` grows. */
export interface ContainmentRecord {
  /** Grows by one per record, from 1; a record that is drained again keeps it. */
  readonly id: number;
  readonly kind: ContainmentKind;
  readonly access: ContainmentAccess;
  /** Port, physical address, or linear address of the instruction; of the first attempt. */
  readonly address: number;
  /** Highest such place among those counted here. */
  readonly lastAddress: number;
  readonly count: number;
  /** Guest time in nanoseconds; of the last one: when it was last drained. */
  readonly firstAtNs: number;
  readonly lastAtNs: number;
  /** Linear address of the instruction that made the first attempt, -1 when not known. */
  readonly instructionAddress: number;
  /** Value last written, or undefined. */
  readonly lastValue: number | undefined;
  readonly detail: ContainmentDetail | null;
}

interface MutableRecord {
  id: number;
  kind: ContainmentKind;
  access: ContainmentAccess;
  address: number;
  lastAddress: number;
  count: number;
  firstAtNs: number;
  lastAtNs: number;
  instructionAddress: number;
  lastValue: number | undefined;
  detail: ContainmentDetail | null;
  isChanged: boolean;
}

const KIND_NUMBERS: Record<ContainmentKind, number> = {
  'outside-ram': 0,
  'privileged-instruction': 1,
  'unknown-port': 2,
  spin: 3,
  'triple-fault': 4,
};
const ACCESS_NUMBERS: Record<ContainmentAccess, number> = { read: 0, write: 1, execute: 2 };

/** Distinct places remembered per kind and access; further ones are counted in one record that spans them. */
const PLACES_PER_KIND = 32;

/** Attempts at memory are told apart by page: 2^12 bytes. */
const PAGE_SHIFT = 12;

/**
 * Counts a guest's attempts without growing: a guest that hammers every port and page leaves a bounded
 * number of records with large counts.
 */
export class ContainmentLog implements ContainmentSink {
  private readonly now: () => number;
  private readonly instructionAddress: () => number;
  private readonly records: MutableRecord[] = [];
  /** By kind, access and place: ((place * 8 + kind) * 4 + access). */
  private readonly byPlace = new Map<number, MutableRecord>();
  /** By kind and access: how many places it has, and the record that takes the rest. */
  private readonly placeCounts = new Map<number, number>();
  private readonly overflow = new Map<number, MutableRecord>();
  private lastKey = -1;
  private lastRecord: MutableRecord | undefined;
  private nextId = 1;
  private totalCount = 0;

  constructor(now: () => number, instructionAddress: () => number) {
    this.now = now;
    this.instructionAddress = instructionAddress;
  }

  /** Attempts since power-on, all kinds. */
  get total(): number {
    return this.totalCount;
  }

  report(
    kind: ContainmentKind,
    access: ContainmentAccess,
    address: number,
    value?: number,
    detail: ContainmentDetail | null = null,
  ): void {
    this.totalCount++;
    const group = KIND_NUMBERS[kind] * 4 + ACCESS_NUMBERS[access];
    const place = kind === 'outside-ram' ? Math.floor(address / 2 ** PAGE_SHIFT) : address;
    const key = place * 32 + group;
    let record = key === this.lastKey ? this.lastRecord : undefined;
    if (record === undefined) {
      record = this.byPlace.get(key) ?? this.addRecord(kind, access, address, group, key, detail);
      this.lastKey = key;
      this.lastRecord = record;
    }
    record.count++;
    record.isChanged = true;
    if (value !== undefined) record.lastValue = value;
    if (address > record.lastAddress) record.lastAddress = address;
    if (detail !== null) record.detail = detail;
  }

  /** Everything recorded, oldest first. */
  all(): readonly ContainmentRecord[] {
    return this.records.map(toRecord);
  }

  /** What is new or has grown since the last call. */
  drain(): readonly ContainmentRecord[] {
    const changed: ContainmentRecord[] = [];
    for (const record of this.records) {
      if (!record.isChanged) continue;
      record.isChanged = false;
      record.lastAtNs = this.now();
      changed.push(toRecord(record));
    }
    return changed;
  }

  clear(): void {
    this.records.length = 0;
    this.byPlace.clear();
    this.placeCounts.clear();
    this.overflow.clear();
    this.lastKey = -1;
    this.lastRecord = undefined;
    this.totalCount = 0;
  }

  private addRecord(
    kind: ContainmentKind,
    access: ContainmentAccess,
    address: number,
    group: number,
    key: number,
    detail: ContainmentDetail | null,
  ): MutableRecord {
    const places = this.placeCounts.get(group) ?? 0;
    const isFull = places >= PLACES_PER_KIND;
    const known = isFull ? this.overflow.get(group) : undefined;
    if (known !== undefined) return known;
    const now = this.now();
    const record: MutableRecord = {
      id: this.nextId++,
      kind,
      access,
      address,
      lastAddress: address,
      count: 0,
      firstAtNs: now,
      lastAtNs: now,
      instructionAddress: this.instructionAddress(),
      lastValue: undefined,
      detail,
      isChanged: true,
    };
    this.records.push(record);
    if (isFull) {
      this.overflow.set(group, record);
    } else {
      this.placeCounts.set(group, places + 1);
      this.byPlace.set(key, record);
    }
    return record;
  }
}

function toRecord(record: MutableRecord): ContainmentRecord {
  const { isChanged: _, ...rest } = record;
  return rest;
}
