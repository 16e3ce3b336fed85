import { createHash } from 'node:crypto';
import { type BlockHash, HASH_BYTES, readHash, readHashes, writeHash } from '../storage/BlockIndex.ts';
import { BLOCK_BYTES } from '../storage/BlockStore.ts';
import { forEachBreathing } from '../storage/breathe.ts';
import { SectionProblem } from '../storage/SectionFile.ts';
import type { Pages } from './pages.ts';

/**
 * A memory as the store keeps it: pages are blocks under their hashes; 128 hashes, of neighbouring pages, are a block
 * themselves, a _table_; a memory is the list of its tables. So two snapshots share not only pages but tables as well,
 * and a snapshot in which little has changed takes little, however large the machine. Pages of zeros, and tables
 * without pages, are left out.
 */

export const TABLE_PAGES = BLOCK_BYTES / HASH_BYTES;
/** Of a list of tables: number (32 bits), hash. */
const ROOT_BYTES = 4 + HASH_BYTES;
const NO_PAGE: BlockHash = '\0'.repeat(HASH_BYTES);
/** Pages that are hashed before others get the thread, about two milliseconds' worth. */
const PAGES_AT_ONCE = 256;
const TABLES_AT_ONCE = 32;

/** Tables by their numbers: the first page of table n is page 128 n. */
export type TableRoots = ReadonlyMap<number, BlockHash>;

/**
 * Hashes a memory's pages; gives the thread to others in between.
 * @param blocks gets the pages and the tables
 */
export async function tabulate(pages: Pages, blocks: Map<BlockHash, Uint8Array>): Promise<TableRoots> {
  const tables = new Map<number, Uint8Array>();
  await forEachBreathing(pages, PAGES_AT_ONCE, ([page, bytes]) => {
    if (bytes.length !== BLOCK_BYTES) throw new RangeError(`page ${page} has ${bytes.length} bytes`);
    const hash = hashBlock(bytes);
    blocks.set(hash, bytes);
    const number = Math.floor(page / TABLE_PAGES);
    let table = tables.get(number);
    if (table === undefined) tables.set(number, (table = new Uint8Array(BLOCK_BYTES)));
    writeHash(table, (page % TABLE_PAGES) * HASH_BYTES, hash);
  });
  const roots = new Map<number, BlockHash>();
  for (const [number, table] of [...tables].sort(([a], [b]) => a - b)) {
    const hash = hashBlock(table);
    blocks.set(hash, table);
    roots.set(number, hash);
  }
  return roots;
}

/** The hashes of the pages that tables list, by the pages' numbers, in order. */
export async function pageHashes(
  roots: TableRoots,
  tables: ReadonlyMap<BlockHash, Uint8Array>,
): Promise<Map<number, BlockHash>> {
  const hashes = new Map<number, BlockHash>();
  const inOrder = [...roots].sort(([a], [b]) => a - b);
  await forEachBreathing(inOrder, TABLES_AT_ONCE, ([number, root]) => {
    const table = tables.get(root);
    if (table === undefined) throw new RangeError(`table ${number} was not read`);
    readHashes(table).forEach((hash, entry) => {
      if (hash !== NO_PAGE) hashes.set(number * TABLE_PAGES + entry, hash);
    });
  });
  return hashes;
}

export function encodeRoots(roots: TableRoots): Uint8Array {
  const bytes = new Uint8Array(roots.size * ROOT_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [number, hash] of roots) {
    view.setUint32(at, number, true);
    writeHash(bytes, at + 4, hash);
    at += ROOT_BYTES;
  }
  return bytes;
}

/** Throws {@link SectionProblem}. */
export function decodeRoots(name: string, bytes: Uint8Array): TableRoots {
  if (bytes.length % ROOT_BYTES !== 0)
    throw new SectionProblem(`its section ${name} makes no sense: ${bytes.length} bytes are no list of tables`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const roots = new Map<number, BlockHash>();
  for (let at = 0; at < bytes.length; at += ROOT_BYTES) roots.set(view.getUint32(at, true), readHash(bytes, at + 4));
  return roots;
}

export function hashBlock(bytes: Uint8Array): BlockHash {
  return createHash('sha256').update(bytes).digest('binary');
}
