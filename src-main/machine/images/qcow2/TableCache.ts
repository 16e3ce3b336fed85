import type { HostFile } from '../HostFile.ts';

/**
 * Clusters of metadata, kept by their place in the file; the least recently used one goes first. Changes are
 * written through at once, so that an image is whole whenever this process ends.
 */
export class TableCache {
  private readonly file: HostFile;
  private readonly clusterBytes: number;
  private readonly most: number;
  /** In order of use, oldest first. */
  private readonly tables = new Map<number, DataView>();

  constructor(file: HostFile, clusterBytes: number, mostBytes: number) {
    this.file = file;
    this.clusterBytes = clusterBytes;
    this.most = Math.max(4, Math.floor(mostBytes / clusterBytes));
  }

  /** The table at a place in the file. Write to it only by `change`. */
  table(offset: number): DataView {
    let table = this.tables.get(offset);
    if (table === undefined) {
      const bytes = new Uint8Array(this.clusterBytes);
      this.file.read(offset, bytes);
      table = new DataView(bytes.buffer);
    } else {
      this.tables.delete(offset);
    }
    this.keep(offset, table);
    return table;
  }

  /** Writes a whole new table. */
  create(offset: number, table: DataView): void {
    this.file.write(offset, bytesOf(table));
    this.keep(offset, table);
  }

  /** Writes bytes of a table, in the file first: if that fails, nothing has changed. */
  change(offset: number, at: number, bytes: Uint8Array): void {
    const table = this.table(offset);
    this.file.write(offset + at, bytes);
    bytesOf(table).set(bytes, at);
  }

  /** The cluster is a table no more. */
  forget(offset: number): void {
    this.tables.delete(offset);
  }

  private keep(offset: number, table: DataView): void {
    this.tables.delete(offset);
    this.tables.set(offset, table);
    if (this.tables.size <= this.most) return;
    for (const oldest of this.tables.keys()) {
      this.tables.delete(oldest);
      return;
    }
  }
}

function bytesOf(table: DataView): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
}
