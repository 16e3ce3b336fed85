import { BLOCK_BYTES, type AddedPack, type BlockStore } from '../storage/BlockStore.ts';
import type { BlockHash } from '../storage/BlockIndex.ts';
import { SectionProblem } from '../storage/SectionFile.ts';
import { neededBlocks } from './neededBlocks.ts';
import { hashBlock, pageHashes } from './pageTables.ts';
import type { SnapshotFilePlace } from './snapshotFiles.ts';
import type { StoredSnapshot } from './StoredSnapshot.ts';

/** Blocks that are handed out together: as many as are packed together. */
const EXPORTED_AT_ONCE = 128;
/** Blocks of which a pack is made: as much as is kept in memory. */
const IMPORTED_AT_ONCE = 16_384;

export interface ExportedPages {
  readonly batchCount: number;
  /** Pages and tables, one after the other in no order that means anything. */
  readonly batches: () => AsyncIterable<Uint8Array>;
}

export interface ImportedSnapshots {
  /** Whole blocks, any number at a time. */
  readonly batches: AsyncIterable<Uint8Array>;
  /** That need them. */
  readonly snapshots: readonly StoredSnapshot[];
}

/** The blocks that snapshots need. */
export async function exportPages(store: BlockStore, files: readonly SnapshotFilePlace[]): Promise<ExportedPages> {
  const hashes = store.inOrder(files.length > 0 ? await neededBlocks(store, files) : []);
  return {
    batchCount: Math.ceil(hashes.length / EXPORTED_AT_ONCE),
    batches: async function* () {
      for (let first = 0; first < hashes.length; first += EXPORTED_AT_ONCE) {
        const blocks = await store.read(hashes.slice(first, first + EXPORTED_AT_ONCE));
        const bytes = new Uint8Array(blocks.size * BLOCK_BYTES);
        [...blocks.values()].forEach((block, at) => bytes.set(block, at * BLOCK_BYTES));
        yield bytes;
      }
    },
  };
}

/**
 * Stores blocks, and sees to it that they are all that the snapshots need. Returns what takes them back. Throws
 * {@link SectionProblem} when some are missing, what reading them throws, and what the file system throws; has stored
 * nothing then.
 */
export async function importPages(
  store: BlockStore,
  { batches, snapshots }: ImportedSnapshots,
): Promise<() => Promise<void>> {
  const added: AddedPack[] = [];
  const remove = async (): Promise<void> => {
    for (const pack of added) await store.remove(pack).catch(() => undefined);
  };
  const [owner] = snapshots;
  if (owner === undefined) return remove;
  try {
    let blocks = new Map<BlockHash, Uint8Array>();
    const flush = async (): Promise<void> => {
      const pack = await store.add(owner.entry.id, blocks);
      if (pack) added.push(pack);
      blocks = new Map();
    };
    for await (const bytes of batches) {
      if (bytes.length % BLOCK_BYTES !== 0) throw new SectionProblem('it holds pages that are not whole');
      for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
        const block = bytes.subarray(at, at + BLOCK_BYTES);
        blocks.set(hashBlock(block), block);
      }
      if (blocks.size >= IMPORTED_AT_ONCE) await flush();
    }
    await flush();
    for (const snapshot of snapshots) await checkPages(store, snapshot);
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function checkPages(store: BlockStore, { entry, ram, video, disks }: StoredSnapshot): Promise<void> {
  for (const roots of [ram, video, ...disks.values()]) {
    const isThere = (hash: BlockHash): boolean => store.has(hash);
    const tables = [...roots.values()];
    if (tables.every(isThere)) {
      const pages = await pageHashes(roots, await store.read(tables));
      if ([...pages.values()].every(isThere)) continue;
    }
    throw new SectionProblem(`its snapshot “${entry.name}” lacks some of its pages`);
  }
}
