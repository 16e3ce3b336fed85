import type { BlockHash } from '../storage/BlockIndex.ts';
import type { BlockStore } from '../storage/BlockStore.ts';
import { SectionProblem } from '../storage/SectionFile.ts';
import { pageHashes } from './pageTables.ts';
import type { SnapshotFilePlace } from './snapshotFiles.ts';
import { describingFile, readStoredRoots } from './StoredSnapshot.ts';

/** The blocks that snapshots need: their tables, and the pages that these list. Throws what reading them throws. */
export async function neededBlocks(
  store: BlockStore,
  files: readonly SnapshotFilePlace[],
): Promise<ReadonlySet<BlockHash>> {
  const needed = new Set<BlockHash>();
  for (const { file, isSetAside } of files) {
    // A damaged snapshot stops whoever asks: its pages are not to go while its file may still be put right.
    const lists = await describingFile(file, readStoredRoots).catch((error: unknown) => {
      if (isSetAside && error instanceof SectionProblem) return [];
      throw error;
    });
    // Tables are shared like pages: each is read once.
    const fresh = lists.map((roots) => new Map([...roots].filter(([, root]) => !needed.has(root))));
    const tables = await store.read(new Set(fresh.flatMap((roots) => [...roots.values()])));
    for (const roots of fresh) {
      for (const root of roots.values()) needed.add(root);
      for (const hash of (await pageHashes(roots, tables)).values()) needed.add(hash);
    }
  }
  return needed;
}
