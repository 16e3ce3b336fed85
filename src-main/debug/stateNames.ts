import { SEGMENT, STATE, registerOffset, segmentOffset, xmmOffset } from '../engine/state/layout.ts';

const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
export const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;

/** Names of the fields of a vCPU's state, by their offsets. */
export const STATE_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(STATE).map(([name, offset]) => [offset, name] as const),
  ...GENERAL.map((name, index) => [registerOffset(index), name] as const),
  ...GENERAL.map((_, index) => [xmmOffset(index), `xmm${index}`] as const),
  ...SEGMENTS.flatMap((name, index) =>
    Object.entries(SEGMENT)
      .filter(([field]) => field !== 'size')
      .map(([field, offset]) => [segmentOffset(index) + offset, `${name}.${field}`] as const),
  ),
]);
