import type { Snapshot, SnapshotTree } from '../../../src-preload/contract/snapshots.ts';

/** A line of the tree: a snapshot, or with null the machine's present state. */
export interface SnapshotRow {
  readonly snapshot: Snapshot | null;
  /** Steps to the right. Only where ways part does the tree grow wider: a long line of snapshots stays a line. */
  readonly depth: number;
  /** Something follows on the same line, further down. */
  readonly isContinued: boolean;
  /** It begins a side line, which leaves the one to its left. */
  readonly isBranch: boolean;
  /** Lines that pass by on its left, by their depths. */
  readonly passing: readonly number[];
}

/** The tree from its roots on; of several that come from one snapshot, the newest is in line with it, below the others. */
export function snapshotRows({ current, entries }: SnapshotTree, hasPresent: boolean): SnapshotRow[] {
  const children = new Map<string | null, (Snapshot | null)[]>();
  const add = (parent: string | null, child: Snapshot | null): void => {
    const known = children.get(parent);
    if (known) known.push(child);
    else children.set(parent, [child]);
  };
  for (const entry of entries) add(entry.parent, entry);
  // The present state is the newest of all.
  if (hasPresent) add(current, null);
  const rows: SnapshotRow[] = [];
  const visit = (snapshot: Snapshot | null, depth: number, passing: readonly number[], isBranch: boolean): void => {
    const following = snapshot ? (children.get(snapshot.id) ?? []) : [];
    rows.push({ snapshot, depth, isContinued: following.length > 0, isBranch, passing });
    following.slice(0, -1).forEach((child) => visit(child, depth + 1, [...passing, depth], true));
    const last = following.at(-1);
    if (last !== undefined) visit(last, depth, passing, false);
  };
  for (const root of children.get(null) ?? []) visit(root, 0, [], false);
  return rows;
}

/** `Snapshot 4`, counted on from those that are there. */
export function nextName(entries: readonly Snapshot[], nameOf: (number: number) => string): string {
  const taken = new Set(entries.map(({ name }) => name));
  for (let number = entries.length + 1; ; number++) if (!taken.has(nameOf(number))) return nameOf(number);
}
