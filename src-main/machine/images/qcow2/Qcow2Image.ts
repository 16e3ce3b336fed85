import type { DiskImage } from '../DiskImage.ts';
import { type HostFile, ImageError, type ImageHost } from '../HostFile.ts';
import { HEADER_FIELD, type Qcow2Header } from './Qcow2Header.ts';
import { Refcounts } from './Refcounts.ts';
import { TableCache } from './TableCache.ts';
import { COMPRESSED_HIGH, copiedEntry, entry, isCopied, offsetOf, readsAsZeros, zerosEntry } from './tableEntry.ts';

const L2_CACHE_BYTES = 8 * 1024 * 1024;
const SECTOR_BYTES = 512;

/** Where a cluster of the disk is kept. */
type Cluster =
  | { readonly kind: 'backing' | 'zeros' }
  | { readonly kind: 'data'; readonly offset: number }
  | { readonly kind: 'compressed'; readonly offset: number; readonly byteLength: number };

const IN_BACKING: Cluster = { kind: 'backing' };
const ZEROS: Cluster = { kind: 'zeros' };

/**
 * A qcow2 image, versions 2 and 3 (QEMU, docs/interop/qcow2.txt): an L1 table names L2 tables, these name the
 * clusters that hold the disk's bytes; what has no cluster comes from the backing image, or is zero.
 *
 * A cluster is written before the table entry that names it, and counted before that: the image is whole
 * whenever this process ends. A write for which the host has no room gives back what it took.
 */
export class Qcow2Image implements DiskImage {
  readonly format = 'qcow2';
  readonly byteLength: number;
  private readonly file: HostFile;
  private readonly host: Pick<ImageHost, 'inflate'>;
  private readonly backing: DiskImage | undefined;
  private readonly header: Qcow2Header;
  readonly clusterBytes: number;
  private readonly entriesPerL2: number;
  private readonly l1: DataView;
  private readonly l2: TableCache;
  /** Only of an image that may be written. */
  private readonly refcounts: Refcounts | undefined;
  private areAutoclearFeaturesSet: boolean;
  /** The cluster expanded last, by where its data lie. */
  private expanded: { readonly offset: number; readonly bytes: Uint8Array } | undefined;

  constructor(file: HostFile, header: Qcow2Header, backing: DiskImage | undefined, host: Pick<ImageHost, 'inflate'>) {
    this.file = file;
    this.host = host;
    this.backing = backing;
    this.header = header;
    this.byteLength = header.byteLength;
    this.clusterBytes = 2 ** header.clusterBits;
    this.entriesPerL2 = this.clusterBytes / 8;
    const l1 = new Uint8Array(header.l1Entries * 8);
    file.read(header.l1Offset, l1);
    this.l1 = new DataView(l1.buffer);
    this.l2 = new TableCache(file, this.clusterBytes, L2_CACHE_BYTES);
    this.refcounts = file.isWritable ? new Refcounts(file, header) : undefined;
    this.areAutoclearFeaturesSet = header.hasAutoclearFeatures;
  }

  get name(): string {
    return this.file.name;
  }

  get isReadOnly(): boolean {
    return this.refcounts === undefined;
  }

  read(position: number, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const length = this.readRun(position + done, into.subarray(done));
      done += length;
    }
  }

  write(position: number, bytes: Uint8Array): void {
    const refcounts = this.beginWriting();
    this.eachCluster(position, bytes.length, (start, inCluster, length, done) =>
      this.writeInCluster(refcounts, start, inCluster, bytes.subarray(done, done + length)),
    );
  }

  writeZeros(position: number, byteLength: number): void {
    const refcounts = this.beginWriting();
    this.eachCluster(position, byteLength, (start, inCluster, length) => {
      if (this.isKnownZero(start)) return;
      const isWhole = length === Math.min(this.clusterBytes, this.byteLength - start);
      if (!isWhole || !this.emptyCluster(refcounts, start))
        this.writeInCluster(refcounts, start, inCluster, new Uint8Array(length));
    });
  }

  private beginWriting(): Refcounts {
    const { refcounts } = this;
    if (refcounts === undefined) throw new ImageError('refused', `${this.name} is open for reading only.`);
    if (this.areAutoclearFeaturesSet) {
      // Features that a writer who does not know them must switch off (docs/interop/qcow2.txt, bytes 88..95).
      this.file.write(HEADER_FIELD.autoclear, new Uint8Array(8));
      this.areAutoclearFeaturesSet = false;
    }
    return refcounts;
  }

  /** Calls `visit` for the part of each cluster that lies in a range: the cluster's start, the part's place in it, its length, and what came before. */
  private eachCluster(
    position: number,
    byteLength: number,
    visit: (start: number, inCluster: number, length: number, done: number) => void,
  ): void {
    for (let done = 0; done < byteLength;) {
      const inCluster = (position + done) % this.clusterBytes;
      const length = Math.min(byteLength - done, this.clusterBytes - inCluster);
      visit(position + done - inCluster, inCluster, length, done);
      done += length;
    }
  }

  /** Where the clusters begin that the image has itself, ascending; what is in no such cluster comes from below. */
  *ownClusters(): Generator<number> {
    const bytesPerL2 = this.clusterBytes * this.entriesPerL2;
    for (let start = 0; start < this.byteLength; start += bytesPerL2) {
      if (this.l2Offset(start / bytesPerL2) === 0) continue;
      const end = Math.min(this.byteLength, start + bytesPerL2);
      for (let at = start; at < end; at += this.clusterBytes) if (this.cluster(at).kind !== 'backing') yield at;
    }
  }

  flush(): void {
    if (this.file.isWritable) this.file.flush();
  }

  close(): void {
    this.file.close();
    this.backing?.close();
  }

  private corrupt(what: string): ImageError {
    return new ImageError('corrupt', `${this.name} is a damaged qcow2 image: ${what}.`);
  }

  /** Reads at least one byte, and as far as the image keeps them together; returns how many. */
  private readRun(position: number, into: Uint8Array): number {
    const { clusterBytes } = this;
    const inCluster = position % clusterBytes;
    const first = this.cluster(position - inCluster);
    let length = Math.min(into.length, clusterBytes - inCluster);
    if (first.kind === 'compressed') {
      into.set(this.expand(first).subarray(inCluster, inCluster + length));
      return length;
    }
    while (length < into.length && this.isContinued(first, position, length))
      length = Math.min(into.length, length + clusterBytes);
    const part = into.subarray(0, length);
    if (first.kind === 'data') this.file.read(first.offset + inCluster, part);
    else if (first.kind === 'zeros') part.fill(0);
    else this.readBacking(position, part);
    return length;
  }

  /** The cluster that begins `length` bytes after `position` follows `first` where both are kept. */
  private isContinued(first: Cluster, position: number, length: number): boolean {
    const next = this.cluster(position + length);
    if (next.kind !== first.kind) return false;
    if (first.kind !== 'data' || next.kind !== 'data') return true;
    return next.offset === first.offset + (position % this.clusterBytes) + length;
  }

  /** What the image does not have itself. The backing image may be shorter: then zeros. */
  private readBacking(position: number, into: Uint8Array): void {
    const available = Math.max(0, Math.min(into.length, (this.backing?.byteLength ?? 0) - position));
    if (available > 0) this.backing?.read(position, into.subarray(0, available));
    into.fill(0, available);
  }

  /** @param position of the cluster's first byte on the disk */
  private cluster(position: number): Cluster {
    const index = Math.floor(position / this.clusterBytes);
    const l2Offset = this.l2Offset(Math.floor(index / this.entriesPerL2));
    if (l2Offset === 0) return IN_BACKING;
    const table = this.l2.table(l2Offset);
    const slot = index % this.entriesPerL2;
    if (table.getUint32(8 * slot) & COMPRESSED_HIGH) return this.compressedCluster(table, slot);
    if (this.header.version >= 3 && readsAsZeros(table, slot)) return ZEROS;
    const offset = offsetOf(table, slot);
    if (offset === 0) return IN_BACKING;
    this.checkPlace(offset, `the data of its disk at byte ${position}`);
    return { kind: 'data', offset };
  }

  private l2Offset(l1Index: number): number {
    const offset = offsetOf(this.l1, l1Index);
    if (offset !== 0) this.checkPlace(offset, `L2 table ${l1Index}`);
    return offset;
  }

  private checkPlace(offset: number, what: string): void {
    if (offset % this.clusterBytes !== 0) throw this.corrupt(`${what} does not begin at a cluster`);
    if (offset >= this.file.size())
      throw this.corrupt(`${what} lies beyond the end of the file, which may have been cut off`);
  }

  private compressedCluster(table: DataView, slot: number): Cluster {
    // Bits 0 .. x-1: byte offset; x .. 61: further sectors of 512 bytes; x = 62 - (cluster_bits - 8).
    const offsetHighBits = 62 - (this.header.clusterBits - 8) - 32;
    const high = table.getUint32(8 * slot) & 0x3fff_ffff;
    const offset = (high % 2 ** offsetHighBits) * 2 ** 32 + table.getUint32(8 * slot + 4);
    const sectors = Math.floor(high / 2 ** offsetHighBits) + 1;
    const byteLength = sectors * SECTOR_BYTES - (offset % SECTOR_BYTES);
    if (offset >= this.file.size()) throw this.corrupt('compressed data lie beyond the end of the file');
    return { kind: 'compressed', offset, byteLength };
  }

  private expand({ offset, byteLength }: { readonly offset: number; readonly byteLength: number }): Uint8Array {
    if (this.expanded?.offset === offset) return this.expanded.bytes;
    const compressed = new Uint8Array(byteLength);
    this.file.read(offset, compressed);
    const bytes = this.host.inflate(compressed, this.clusterBytes);
    if (bytes?.length !== this.clusterBytes)
      throw this.corrupt(`the compressed data at byte ${offset} of the file cannot be expanded`);
    this.expanded = { offset, bytes };
    return bytes;
  }

  /** @param start of the cluster on the disk */
  private writeInCluster(refcounts: Refcounts, start: number, inCluster: number, bytes: Uint8Array): void {
    const index = start / this.clusterBytes;
    const l2Offset = this.writableL2(refcounts, Math.floor(index / this.entriesPerL2));
    const slot = index % this.entriesPerL2;
    const old = this.cluster(start);
    const table = this.l2.table(l2Offset);
    if (old.kind === 'data' && isCopied(table, slot)) {
      this.file.write(old.offset + inCluster, bytes);
      return;
    }
    const content = new Uint8Array(this.clusterBytes);
    if (bytes.length < this.clusterBytes) this.readRun(start, content);
    content.set(bytes, inCluster);
    // A cluster that was set aside for zeros is named by its entry, but is no data yet.
    const reserved = old.kind === 'zeros' ? offsetOf(table, slot) : 0;
    if (reserved !== 0) this.checkPlace(reserved, 'a reserved cluster');
    this.withCluster(refcounts, (offset) => {
      this.file.write(offset, content);
      this.l2.change(l2Offset, 8 * slot, copiedEntry(offset));
    });
    this.releaseData(refcounts, old);
    if (reserved !== 0) refcounts.release(reserved, this.clusterBytes);
  }

  /** Nobody needs to look at the cluster's bytes to know that they are zeros. */
  private isKnownZero(start: number): boolean {
    const { kind } = this.cluster(start);
    return kind === 'zeros' || (kind === 'backing' && start >= (this.backing?.byteLength ?? 0));
  }

  /** Lets a cluster that holds bytes read as zeros without any; false where only zeros in it do that. */
  private emptyCluster(refcounts: Refcounts, start: number): boolean {
    const isCovered = start < (this.backing?.byteLength ?? 0);
    if (isCovered && this.header.version < 3) return false;
    const index = start / this.clusterBytes;
    const l2Offset = this.writableL2(refcounts, Math.floor(index / this.entriesPerL2));
    const old = this.cluster(start);
    this.l2.change(l2Offset, 8 * (index % this.entriesPerL2), isCovered ? zerosEntry() : entry(0));
    this.releaseData(refcounts, old);
    return true;
  }

  private releaseData(refcounts: Refcounts, old: Cluster): void {
    if (old.kind === 'data') refcounts.release(old.offset, this.clusterBytes);
    else if (old.kind === 'compressed') this.releaseCompressed(refcounts, old);
  }

  private releaseCompressed(refcounts: Refcounts, { offset, byteLength }: Cluster & { kind: 'compressed' }): void {
    this.expanded = undefined;
    refcounts.release(offset, byteLength);
  }

  /** The place of an L2 table that this image alone refers to: made, or copied from a snapshot's, if need be. */
  private writableL2(refcounts: Refcounts, l1Index: number): number {
    const old = this.l2Offset(l1Index);
    if (old !== 0 && isCopied(this.l1, l1Index)) return old;
    const table = new Uint8Array(this.clusterBytes);
    if (old !== 0) {
      const shared = this.l2.table(old);
      table.set(new Uint8Array(shared.buffer, shared.byteOffset, shared.byteLength));
    }
    const l2Offset = this.withCluster(refcounts, (offset) => {
      const bytes = copiedEntry(offset);
      this.l2.create(offset, new DataView(table.buffer));
      this.file.write(this.header.l1Offset + 8 * l1Index, bytes);
      new Uint8Array(this.l1.buffer).set(bytes, 8 * l1Index);
    });
    if (old !== 0) refcounts.release(old, this.clusterBytes);
    return l2Offset;
  }

  /** Takes a new cluster and lets `use` refer to it; gives it back when that fails. */
  private withCluster(refcounts: Refcounts, use: (offset: number) => void): number {
    const offset = refcounts.allocate();
    try {
      use(offset);
    } catch (error) {
      this.l2.forget(offset);
      refcounts.release(offset, this.clusterBytes);
      throw error;
    }
    return offset;
  }
}
