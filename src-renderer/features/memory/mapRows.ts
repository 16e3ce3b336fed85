import type { PhysicalUse } from '../../../src-preload/contract/devices.ts';
import type { LinearMap } from '../../../src-preload/contract/inspection.ts';

/** A range of a map of memory, of either space. */
export interface MapRow {
  readonly first: number;
  readonly byteLength: number;
  readonly kind: PhysicalUse['kind'] | 'userWritable' | 'userReadOnly' | 'writable' | 'readOnly';
  readonly device: string | null;
  /** Of linear memory, as page tables grant it: `uwx`. */
  readonly rights: string;
  /** Physical address of a linear range's first page. */
  readonly leadsTo: number | null;
}

export function physicalRows(map: readonly PhysicalUse[]): MapRow[] {
  return map.map((range) => ({ ...range, rights: '', leadsTo: null }));
}

export function linearRows({ ranges }: LinearMap): MapRow[] {
  return ranges.map(({ linearAddress, byteLength, physicalAddress, isUser, isWritable, isNoExecute }) => {
    const kinds = isUser ? (['userWritable', 'userReadOnly'] as const) : (['writable', 'readOnly'] as const);
    return {
      first: linearAddress,
      byteLength,
      kind: kinds[isWritable ? 0 : 1],
      device: null,
      rights: `${isUser ? 'u' : '-'}${isWritable ? 'w' : '-'}${isNoExecute ? '-' : 'x'}`,
      leadsTo: physicalAddress,
    };
  });
}
