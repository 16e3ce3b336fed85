import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call } from './Channel.ts';
import { Address, AddressSpace } from './debugging.ts';
import { PATTERN_BYTES_MOST, WRITTEN_BYTES_MOST } from './layouts/MemoryLimits.ts';
import { VcpuId, VmId } from './machines.ts';
import { FileGrant } from './programs.ts';
import { SnapshotId } from './snapshots.ts';

const Pattern = Bytes.refine(({ length }) => length >= 1 && length <= PATTERN_BYTES_MOST);

const Place = z.object({ id: VmId, vcpu: VcpuId.default(0), space: AddressSpace, address: Address });
export type MemoryPlace = z.output<typeof Place>;

const SavedRange = Place.extend({
  length: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32),
});
/** Names a file that was granted. */
const Token = z.string().max(64);

/** The other side of a comparison: another machine, as it is, or a snapshot of the same machine. */
export const ComparedWith = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('machine'), id: VmId }),
  z.object({ kind: z.literal('snapshot'), snapshot: SnapshotId }),
]);
export type ComparedWith = z.infer<typeof ComparedWith>;

/** Where two memories differ. Differences close together are one range. */
export const MemoryDifferences = z.object({
  /** Ascending; the first DIFFERENCES_MOST. */
  ranges: z.array(z.object({ address: Address, byteLength: z.number().int() })),
  rangeCount: z.number().int(),
  byteCount: z.number().int(),
  /** As far as both memories reach. */
  comparedBytes: z.number().int(),
  /** One of them reaches further. */
  isCut: z.boolean(),
});
export type MemoryDifferences = z.infer<typeof MemoryDifferences>;

export const SearchDirection = z.enum(['forward', 'backward']);
export type SearchDirection = z.infer<typeof SearchDirection>;

export const memoryContract = {
  /**
   * Looks through RAM for bytes, from a physical address on and round its end; null: they are nowhere. A hit may begin
   * at the address itself. A later search of the same machine ends an earlier one, which is answered `cancelled`.
   */
  'memory:search': call(
    z.object({ id: VmId, pattern: Pattern, from: Address, direction: SearchDirection }),
    z.object({ physicalAddress: Address.nullable() }),
  ),
  /** Compares RAM as far as both have any. A later comparison of the same machine ends an earlier one, which is answered `cancelled`. */
  'memory:compare': call(z.object({ id: VmId, with: ComparedWith }), MemoryDifferences),
  /** What the other side of a comparison holds; fewer bytes where its memory ends. */
  'memory:compared': call(
    z.object({ id: VmId, with: ComparedWith, address: Address, length: z.number().int().min(0).max(4096) }),
    Bytes,
  ),
  /** Paused machines only; all of the range or nothing. The pattern is repeated, and cut at the end. */
  'memory:fill': call(
    Place.extend({ length: z.number().int().min(1).max(WRITTEN_BYTES_MOST), pattern: Pattern }),
    z.void(),
  ),
  /** Opens the save dialog for a range that is there: nobody should choose a file for nothing. */
  'memory:pickSave': call(SavedRange, FileGrant),
  /** Writes the bytes to the file as they are. Of a machine that runs, they may be of several moments. */
  'memory:save': call(SavedRange.extend({ token: Token }), FileGrant),
  /** Opens a dialog for a file to load. */
  'memory:pickLoad': call(z.void(), FileGrant),
  /** Paused machines only; all of the file or nothing. */
  'memory:load': call(Place.extend({ token: Token }), z.object({ name: z.string(), byteLength: z.number().int() })),
} as const;
