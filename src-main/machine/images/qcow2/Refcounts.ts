import { type HostFile, ImageError } from '../HostFile.ts';
import { HEADER_FIELD, type Qcow2Header } from './Qcow2Header.ts';
import { TableCache } from './TableCache.ts';
import { entry } from './tableEntry.ts';

const CACHE_BYTES = 2 * 1024 * 1024;

/**
 * How often each cluster of a qcow2 file is in use, and so where there is room (docs/interop/qcow2.txt, "Host
 * cluster management"): a table of blocks, each a cluster full of counts.
 *
 * A cluster is counted before anything refers to it, and refers to nothing when its count falls: a process
 * that ends in between leaves at most a cluster that nobody uses.
 */
export class Refcounts {
  private readonly file: HostFile;
  private readonly clusterBytes: number;
  private readonly order: number;
  private readonly countsPerBlock: number;
  private readonly blocks: TableCache;
  private table: DataView;
  private tableOffset: number;
  /** No cluster before this one is free. The header's never is, whatever its count says. */
  private searchFrom = 1;

  constructor(file: HostFile, header: Qcow2Header) {
    this.file = file;
    this.clusterBytes = 2 ** header.clusterBits;
    this.order = header.refcountOrder;
    this.countsPerBlock = (this.clusterBytes * 8) / 2 ** this.order;
    this.blocks = new TableCache(file, this.clusterBytes, CACHE_BYTES);
    this.tableOffset = header.refcountTableOffset;
    const bytes = new Uint8Array(header.refcountTableClusters * this.clusterBytes);
    file.read(this.tableOffset, bytes);
    this.table = new DataView(bytes.buffer);
  }

  /** Takes a free cluster into use; returns its place in the file, in bytes. */
  allocate(): number {
    for (let cluster = this.searchFrom; ; cluster++) {
      const block = this.blockOffset(cluster);
      if (block === 0) {
        this.addBlock(Math.floor(cluster / this.countsPerBlock));
        // The new block has been placed at the first cluster that it counts, or elsewhere when the table grew.
        cluster--;
        continue;
      }
      if (this.get(block, cluster % this.countsPerBlock) !== 0) continue;
      this.set(cluster, 1);
      this.searchFrom = cluster + 1;
      return cluster * this.clusterBytes;
    }
  }

  /** One use less of each cluster that the bytes touch. */
  release(offset: number, byteLength: number): void {
    const last = Math.floor((offset + byteLength - 1) / this.clusterBytes);
    for (let cluster = Math.floor(offset / this.clusterBytes); cluster <= last; cluster++) {
      const block = this.blockOffset(cluster);
      const count = block === 0 ? 0 : this.get(block, cluster % this.countsPerBlock);
      if (count === 0) throw this.corrupt(`cluster ${cluster} is in use, and its refcount says that it is not`);
      this.set(cluster, count - 1);
      if (count === 1) this.searchFrom = Math.min(this.searchFrom, cluster);
    }
  }

  private corrupt(what: string): ImageError {
    return new ImageError(
      'corrupt',
      `${this.file.name} is a damaged qcow2 image: ${what}. qemu-img check -r all may repair it.`,
    );
  }

  /** Where the block of counts for a cluster lies; 0: there is none, all its clusters are free. */
  private blockOffset(cluster: number): number {
    const index = Math.floor(cluster / this.countsPerBlock);
    if (8 * index >= this.table.byteLength) return 0;
    const offset = this.table.getUint32(8 * index) * 2 ** 32 + this.table.getUint32(8 * index + 4);
    if (offset % this.clusterBytes !== 0 || offset >= this.file.size())
      throw this.corrupt(`refcount block ${index} lies at byte ${offset}`);
    return offset;
  }

  private get(block: number, index: number): number {
    const table = this.blocks.table(block);
    switch (this.order) {
      case 4:
        return table.getUint16(2 * index);
      case 5:
        return table.getUint32(4 * index);
      case 6:
        return table.getUint32(8 * index) * 2 ** 32 + table.getUint32(8 * index + 4);
      default: {
        const bits = 1 << this.order;
        const bit = index * bits;
        return (table.getUint8(bit >> 3) >> (bit & 7)) & ((1 << bits) - 1);
      }
    }
  }

  private set(cluster: number, count: number): void {
    const block = this.blockOffset(cluster);
    const index = cluster % this.countsPerBlock;
    const at = Math.floor((index * 2 ** this.order) / 8);
    this.blocks.change(block, at, this.encoded(this.blocks.table(block), index, count));
  }

  /** The bytes of a block that hold a count, with that count in them. */
  private encoded(table: DataView, index: number, count: number): Uint8Array {
    if (this.order < 3) {
      const bits = 1 << this.order;
      const bit = index * bits;
      const mask = ((1 << bits) - 1) << (bit & 7);
      return Uint8Array.of((table.getUint8(bit >> 3) & ~mask) | (count << (bit & 7)));
    }
    return entry(count).subarray(8 - 2 ** (this.order - 3));
  }

  /** Makes block `index` of the table, at the first cluster that it counts. */
  private addBlock(index: number): void {
    if (8 * index >= this.table.byteLength) {
      this.growTable(index);
      return;
    }
    const offset = index * this.countsPerBlock * this.clusterBytes;
    this.blocks.create(offset, this.newBlock(1));
    const bytes = entry(offset);
    this.file.write(this.tableOffset + 8 * index, bytes);
    new Uint8Array(this.table.buffer).set(bytes, 8 * index);
  }

  /**
   * Replaces the table by a larger one, of which block `index` is the first new entry. The new blocks, and after
   * them the new table, lie at the first cluster that the old table could not count.
   */
  private growTable(index: number): void {
    const entriesPerCluster = this.clusterBytes / 8;
    const oldClusters = this.table.byteLength / this.clusterBytes;
    let tableClusters = oldClusters + Math.max(1, oldClusters >> 1);
    let blocks = 1;
    for (;;) {
      if (blocks * this.countsPerBlock < blocks + tableClusters) blocks++;
      else if (tableClusters * entriesPerCluster < index + blocks) tableClusters++;
      else break;
    }

    const firstCluster = index * this.countsPerBlock;
    const used = blocks + tableClusters;
    const table = new DataView(new ArrayBuffer(tableClusters * this.clusterBytes));
    const tableBytes = new Uint8Array(table.buffer);
    tableBytes.set(new Uint8Array(this.table.buffer));
    for (let i = 0; i < blocks; i++) {
      const offset = (firstCluster + i) * this.clusterBytes;
      const counted = Math.max(0, Math.min(this.countsPerBlock, used - i * this.countsPerBlock));
      this.blocks.create(offset, this.newBlock(counted));
      tableBytes.set(entry(offset), 8 * (index + i));
    }
    const tableOffset = (firstCluster + blocks) * this.clusterBytes;
    this.file.write(tableOffset, tableBytes);
    const field = new Uint8Array(12);
    field.set(entry(tableOffset));
    new DataView(field.buffer).setUint32(8, tableClusters);
    this.file.write(HEADER_FIELD.refcountTableOffset, field);
    const old = { offset: this.tableOffset, byteLength: this.table.byteLength };
    this.table = table;
    this.tableOffset = tableOffset;
    this.release(old.offset, old.byteLength);
  }

  /** A block whose first `used` clusters are in use. */
  private newBlock(used: number): DataView {
    const block = new DataView(new ArrayBuffer(this.clusterBytes));
    const bytes = new Uint8Array(block.buffer);
    for (let index = 0; index < used; index++)
      bytes.set(this.encoded(block, index, 1), Math.floor((index * 2 ** this.order) / 8));
    return block;
  }
}
