import { z } from 'zod';
import { DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import { type CheckedJsonFormat, parseChecked, type ParsedJson, serialiseChecked } from '../storage/CheckedJson.ts';
import { LAYER_NAME } from '../storage/StoredMachine.ts';
import { NOTES_LENGTH_MOST, SNAPSHOT_NAME_LENGTH_MOST } from '../types.ts';

/** `sn-` and sixteen hexadecimal digits. */
export type SnapshotId = string;

/**
 * - `taken`: the user wants to be able to go back there.
 * - `suspended`: where the machine goes on when it is started next.
 * - `checkpoint`: the same, if the process that runs the machine is killed. One that is found while the machine is off
 *   says that this has happened.
 */
export const SNAPSHOT_KINDS = ['taken', 'suspended', 'checkpoint'] as const;
export type SnapshotKind = (typeof SNAPSHOT_KINDS)[number];

const id = z.string().regex(/^sn-[0-9a-f]{16}$/);
const count = z.int().nonnegative();

export const snapshotEntry = z.object({
  id,
  /** What it was taken after; null: nothing, it is a root of its own. */
  parent: id.nullable(),
  name: z.string().min(1).max(SNAPSHOT_NAME_LENGTH_MOST),
  notes: z.string().max(NOTES_LENGTH_MOST),
  kind: z.enum(SNAPSHOT_KINDS),
  /** The machine was paused, and is again when it is restored as it was. */
  isPaused: z.boolean(),
  /** Milliseconds since 1970. */
  takenAt: z.number(),
  /** Retired by the machine since it was made. */
  instructions: count,
  hasThumbnail: z.boolean(),
  /** What it added to the store, in bytes on disk; other snapshots may have come to need them as well. */
  storedBytes: count,
  /** Files beside `machine.json` that its definition names, by their SHA-256. */
  files: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  /** For each drive whose writes go to a layer of the machine's: the layer's file in `disks`, as it was then. */
  layers: z.partialRecord(z.enum(DRIVE_SLOTS), z.string().regex(LAYER_NAME)),
});

const treeSchema = z
  .object({
    /** What the machine's present state comes from; null: from power-on. */
    current: id.nullable(),
    /** Parents before their children. */
    entries: z.array(snapshotEntry),
  })
  .refine(isTree, 'snapshots come after snapshots that there are not');

export type SnapshotEntry = z.infer<typeof snapshotEntry>;
export type SnapshotTree = z.infer<typeof treeSchema>;

export const NO_SNAPSHOTS: SnapshotTree = { current: null, entries: [] };

/** What `snapshots.json` holds. */
const FORMAT: CheckedJsonFormat<SnapshotTree> = {
  format: 'vivarium-snapshots',
  version: 1,
  field: 'snapshots',
  noun: 'a list of snapshots',
  schema: treeSchema,
  migrations: new Map(),
};

export function serialiseTree(tree: SnapshotTree): string {
  return serialiseChecked(FORMAT, tree);
}

export function parseTree(content: string): ParsedJson<SnapshotTree> {
  return parseChecked(FORMAT, content);
}

/** With a new snapshot, from which the machine goes on. */
export function withSnapshot(tree: SnapshotTree, entry: SnapshotEntry): SnapshotTree {
  return { current: entry.id, entries: [...tree.entries, entry] };
}

export function withChange(tree: SnapshotTree, changed: SnapshotEntry): SnapshotTree {
  return { ...tree, entries: tree.entries.map((entry) => (entry.id === changed.id ? changed : entry)) };
}

/** Without a snapshot, whose children move to its parent. */
export function withoutSnapshot(tree: SnapshotTree, gone: SnapshotEntry): SnapshotTree {
  const heir = (snapshot: SnapshotId | null): SnapshotId | null => (snapshot === gone.id ? gone.parent : snapshot);
  return {
    current: heir(tree.current),
    entries: tree.entries
      .filter((entry) => entry.id !== gone.id)
      .map((entry) => ({ ...entry, parent: heir(entry.parent) })),
  };
}

function isTree({
  current,
  entries,
}: {
  current: SnapshotId | null;
  entries: z.infer<typeof snapshotEntry>[];
}): boolean {
  const known = new Set<SnapshotId>();
  for (const entry of entries) {
    if (known.has(entry.id) || (entry.parent !== null && !known.has(entry.parent))) return false;
    known.add(entry.id);
  }
  return current === null || known.has(current);
}
