import type { Encoding } from '../../src-main/engine/isa/Encoding.ts';
import { arithmeticRows } from '../../src-main/engine/isa/tables/arithmetic.ts';
import { bitRows } from '../../src-main/engine/isa/tables/bits.ts';
import { controlRows } from '../../src-main/engine/isa/tables/control.ts';
import { dataRows } from '../../src-main/engine/isa/tables/data.ts';
import { stringRows } from '../../src-main/engine/isa/tables/strings.ts';
import { extensionRows } from '../../src-main/engine/isa/tables/extensions.ts';
import { systemRows } from '../../src-main/engine/isa/tables/system.ts';
import { vectorFloatRows } from '../../src-main/engine/isa/tables/vectorFloat.ts';
import { computesFloats } from './floatState.ts';
import { vectorIntegerRows } from '../../src-main/engine/isa/tables/vectorInteger.ts';

/** Instructions whose result in user mode is the host's or its kernel's own, so that nothing can be compared. */
export const INCOMPARABLE: Readonly<Record<string, string>> = {
  cpuid: 'tells which processor it is',
  rdtsc: 'tells the time',
  sgdt: "tells the kernel's address, or what the kernel shows instead (UMIP)",
  sidt: 'as SGDT',
  sldt: 'as SGDT',
  str: 'as SGDT',
  smsw: 'as SGDT',
  int1: 'is reported at its own address or behind it, as a hypervisor under the host has it',
  sysenter: 'is a system call, or undefined under a 64-bit kernel',
  sysexit: 'as SYSENTER',
};

export interface RowGroup {
  readonly name: string;
  readonly rows: readonly Encoding[];
}

/** PREFETCHh are announced together with SSE, which has a group of its own. */
const integerRows = [...arithmeticRows, ...bitRows, ...dataRows, ...stringRows, ...controlRows, ...systemRows].filter(
  ({ feature }) => feature !== 'sse',
);

/** Moves, shuffles and logic of floating-point vectors, which look at no number. */
const floatMoveRows = vectorFloatRows.filter((row) => !computesFloats(row));

const vectorRows = [
  ...vectorIntegerRows,
  ...floatMoveRows,
  ...dataRows.filter(({ feature }) => feature === 'sse'),
  ...extensionRows.filter(({ mnemonic }) => /^(clflush|.fence|prefetchw?|popcnt)$/.test(mnemonic)),
];

/** Groups of encodings; each has its own recording. */
export const ROW_GROUPS: readonly RowGroup[] = [
  { name: 'integer', rows: integerRows },
  { name: 'vector', rows: vectorRows },
  { name: 'float', rows: [...vectorFloatRows, ...extensionRows].filter(computesFloats) },
];

/** The rows of a group that can be compared. */
export function comparableRows(group: RowGroup): readonly Encoding[] {
  return group.rows.filter(({ mnemonic }) => !(mnemonic in INCOMPARABLE));
}
