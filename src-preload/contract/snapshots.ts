import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { VmId, VmSummary } from './machines.ts';

export const SnapshotId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export type SnapshotId = z.infer<typeof SnapshotId>;

const SnapshotName = z.string().trim().min(1).max(200);
const SnapshotNotes = z.string().max(20_000);

/** A machine as it was at one moment, with the content of its disks. */
export const Snapshot = z.object({
  id: SnapshotId,
  /** What it was taken after; null: it is a root of its own. */
  parent: SnapshotId.nullable(),
  name: z.string(),
  notes: z.string(),
  /** The machine was paused. */
  isPaused: z.boolean(),
  /** Milliseconds since 1970. */
  takenAt: z.number(),
  /** Retired by the machine since it was made. */
  instructions: z.number(),
  hasThumbnail: z.boolean(),
  /** What it has added to the store, in bytes. */
  storedBytes: z.number(),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const SnapshotTree = z.object({
  /** What the machine's present state comes from; null: from power-on. */
  current: SnapshotId.nullable(),
  /** Parents before their children. */
  entries: z.array(Snapshot),
});
export type SnapshotTree = z.infer<typeof SnapshotTree>;

const SnapshotReference = z.object({ id: VmId, snapshot: SnapshotId });

export const snapshotContract = {
  'snapshot:list': call(z.object({ id: VmId }), SnapshotTree),
  /** Of a machine that runs or is paused, with its disks; it goes on at once. */
  'snapshot:take': call(
    z.object({ id: VmId, name: SnapshotName, notes: SnapshotNotes.optional() }),
    // `pauseMs`: how long the guest stood still for it.
    Snapshot.extend({ pauseMs: z.number() }),
  ),
  /** The machine becomes the one that the snapshot is of; what it is now is lost. A refusal leaves it as it is. */
  'snapshot:restore': call(
    SnapshotReference.extend({ then: z.enum(['as-taken', 'run', 'pause']).default('as-taken') }),
    VmSummary,
  ),
  'snapshot:annotate': call(
    SnapshotReference.extend({ name: SnapshotName.optional(), notes: SnapshotNotes.optional() }),
    Snapshot,
  ),
  /** Those taken after it stay. */
  'snapshot:delete': call(SnapshotReference, z.void()),
  /** PNG; null: the machine showed nothing. */
  'snapshot:thumbnail': call(SnapshotReference, Bytes.nullable()),
  /** A new machine that is in the snapshot's state. */
  'snapshot:clone': call(SnapshotReference.extend({ name: z.string().trim().min(1).max(80).optional() }), VmSummary),
  /** Taken, restored, changed or deleted. */
  'snapshot:changed': event(SnapshotTree.extend({ id: VmId })),
} as const;
