import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call } from './Channel.ts';
import { Address, AddressSpace } from './debugging.ts';
import { PATTERN_BYTES_MOST, WRITTEN_BYTES_MOST } from './layouts/MemoryLimits.ts';
import { VcpuId, VmId } from './machines.ts';
import { FileGrant } from './programs.ts';

const Pattern = Bytes.refine(({ length }) => length >= 1 && length <= PATTERN_BYTES_MOST);

const Place = z.object({ id: VmId, vcpu: VcpuId.default(0), space: AddressSpace, address: Address });
export type MemoryPlace = z.output<typeof Place>;

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
  /** Paused machines only; all of the range or nothing. The pattern is repeated, and cut at the end. */
  'memory:fill': call(
    Place.extend({ length: z.number().int().min(1).max(WRITTEN_BYTES_MOST), pattern: Pattern }),
    z.void(),
  ),
  /** Opens the save dialog, and writes the bytes as they are. Of a machine that runs, they may be of several moments. */
  'memory:save': call(
    Place.extend({
      length: z
        .number()
        .int()
        .min(1)
        .max(2 ** 32),
    }),
    FileGrant,
  ),
  /** Paused machines only. Opens a dialog for the file, and writes all of it or nothing. */
  'memory:load': call(Place, z.object({ name: z.string(), byteLength: z.number().int() })),
} as const;
