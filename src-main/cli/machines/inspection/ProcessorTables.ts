import type {
  AccessReport,
  DescriptorEntry,
  DescriptorTable,
  PagingEntry,
  TaskState,
} from '../../../../src-preload/contract/inspection.ts';
import { entryFlags } from '../../../../src-preload/contract/readings/pagingText.ts';
import type { Control } from '../../../control/Control.ts';
import { EXIT_STATUS } from '../../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { tableOf } from '../machineReport.ts';
import { hex, prefixedHex } from './hexText.ts';
import { placeOf } from './placeOf.ts';

export type TableName = 'gdt' | 'ldt' | 'idt' | 'tss';

/** An access that may fault. */
export interface ProbeChoices {
  readonly kind: 'read' | 'write' | 'execute';
  readonly isUser: boolean;
}

const EMPTY: Readonly<Record<TableName, string>> = {
  gdt: 'The GDT holds nothing.',
  ldt: 'There is no LDT: LDTR is null.',
  idt: 'The IDT holds nothing.',
  tss: 'There is no task: TR is null.',
};
const REASONS = {
  absent: 'is not present',
  reserved: 'has reserved bits set',
  supervisor: 'is for supervisors alone',
  readOnly: 'does not allow writes',
  noExecute: 'does not allow execution',
} as const;
const TARGETS = { memory: 'memory', rom: 'memory that ignores writes', bus: 'no memory, so the bus asks its devices' };

/** `vivarium tables`: a descriptor table, or the state that the current task is kept in. */
export function showTable(context: MachineContext, word: string, table: TableName): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const read = await readTable(control, id, table);
    if (context.isJson) await printJson(context, read);
    if (read === null || ('entries' in read && read.entries.length === 0)) await say(context, EMPTY[table]);
    else {
      const lines = 'entries' in read ? describeDescriptors(read, table) : describeTask(read);
      for (const line of lines) await say(context, line);
    }
    return EXIT_STATUS.success;
  });
}

/** `vivarium pages`: what of linear memory is mapped, and where to. */
export function showPages(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const map = valueOf(await control.call('inspect:linearMap', { id }));
    if (context.isJson) await printJson(context, map);
    else if (map.mode === 'off') await say(context, 'Paging is off: linear addresses are physical ones.');
    else if (map.ranges.length === 0) await say(context, 'Nothing is mapped.');
    else {
      const rows = map.ranges.map(({ linearAddress, byteLength, physicalAddress, isWritable, isUser, isNoExecute }) => [
        `${hex(linearAddress)}-${hex(linearAddress + byteLength - 1)}`,
        `r${isWritable ? 'w' : '-'}${isNoExecute ? '-' : 'x'} ${isUser ? 'user' : 'supervisor'}`,
        `-> ${hex(physicalAddress)}`,
      ]);
      await context.terminal.write(tableOf([['LINEAR', 'RIGHTS', 'FIRST PAGE'], ...rows]));
      if (map.isCut) await say(context, 'There are more.');
    }
    return EXIT_STATUS.success;
  });
}

/** `vivarium pages MACHINE PLACE`: the entries on an address's way, and whether an access would fault. */
export function probeAccess(
  context: MachineContext,
  word: string,
  place: string,
  choices: ProbeChoices,
): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const linearAddress = await placeOf(control, id, place, 'pages');
    const report = valueOf(await control.call('inspect:access', { id, linearAddress, ...choices }));
    if (context.isJson) await printJson(context, { linearAddress, ...choices, ...report });
    for (const entry of report.walk) await say(context, describeEntry(entry));
    await say(context, verdictOf(report, linearAddress));
    return EXIT_STATUS.success;
  });
}

async function readTable(control: Control, id: string, table: TableName): Promise<DescriptorTable | TaskState | null> {
  if (table === 'tss') return valueOf(await control.call('inspect:taskState', { id }));
  return valueOf(await control.call('inspect:descriptors', { id, table }));
}

function describeDescriptors({ base, limit, entries, isCut }: DescriptorTable, table: TableName): string[] {
  return [
    `${table.toUpperCase()} at ${hex(base)}, limit ${hex(limit, 4)}`,
    ...entries.map((entry) => `${hex(entry.place, table === 'idt' ? 2 : 4)}  ${describeDescriptor(entry)}`),
    ...(isCut ? ['Some of it is not mapped, or beyond memory.'] : []),
  ];
}

function describeDescriptor(entry: DescriptorEntry): string {
  const { kind, isPresent, dpl, base, limit, access, selector, offset } = entry;
  const target =
    selector === undefined
      ? `base ${hex(base ?? 0)}  limit ${hex(limit ?? 0)}`
      : `${hex(selector, 4)}:${hex(offset ?? 0, kind === 'vector' ? 4 : 8)}`;
  if (kind === 'vector') return target;
  return [target, KINDS[kind] ?? kind, access ?? '', `dpl${dpl}`, isPresent ? '' : 'not present']
    .filter((part) => part !== '')
    .join('  ');
}

const KINDS: Readonly<Record<string, string>> = {
  reserved: 'reserved type',
  ldt: 'local table',
  tss16: '16-bit task state',
  tss16Busy: '16-bit task state, busy',
  tss32: '32-bit task state',
  tss32Busy: '32-bit task state, busy',
  callGate16: '16-bit call gate',
  callGate32: '32-bit call gate',
  taskGate: 'task gate',
  interruptGate16: '16-bit interrupt gate',
  interruptGate32: '32-bit interrupt gate',
  trapGate16: '16-bit trap gate',
  trapGate32: '32-bit trap gate',
};

function describeTask({ selector, base, limit, is32Bit, fields }: TaskState): string[] {
  return [
    `${is32Bit ? '32' : '16'}-bit task state ${hex(selector, 4)} at ${hex(base)}, limit ${hex(limit, 4)}`,
    ...fields.map(({ name, value, bits }) => `${name.padEnd(8)} ${hex(value, bits / 4)}`),
    ...(fields.length === 0 ? ['It is not mapped.'] : []),
  ];
}

function describeEntry(entry: PagingEntry): string {
  const at = entry.entryAddress === null ? '' : `@${hex(entry.entryAddress)}`;
  const target = entry.kind === 'absent' ? 'not present' : `-> ${hex(entry.physicalAddress)}`;
  return [levelOf(entry).padEnd(24), at.padEnd(9), hex(entry.raw), entryFlags(entry).padEnd(11), target].join('  ');
}

function levelOf({ level, index }: PagingEntry): string {
  return `${level === 'pointers' ? 'pointer' : `${level} entry`} ${prefixedHex(index, 1)}`;
}

function verdictOf({ verdict, walk }: AccessReport, linearAddress: number): string {
  const where = prefixedHex(linearAddress);
  if (verdict.kind === 'allowed')
    return `${where} leads to physical address ${prefixedHex(verdict.physicalAddress)}: ${TARGETS[verdict.target]}.`;
  const entry = walk[verdict.step];
  const level = entry ? levelOf(entry) : 'the page tables’ sum';
  return `${where} raises #PF with error code ${prefixedHex(verdict.errorCode, 1)}: ${level} ${REASONS[verdict.reason]}.`;
}
