import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Control } from '../../control/Control.ts';
import { columnsOf, padColumns, printable } from '../textColumns.ts';

/** A machine as `--json` prints it; docs/command-line.md describes it, and it only ever grows. */
export interface MachineReport {
  readonly id: string;
  readonly name: string;
  readonly state: VmSummary['state'];
  readonly activity: VmSummary['activity'];
  /** Off, and its next start goes on where it stood. */
  readonly isSuspended: boolean;
  readonly pauseReason: VmSummary['pauseReason'];
  readonly crash: (Omit<NonNullable<VmSummary['crash']>, 'at'> & { readonly at: string }) | null;
  readonly profile: string;
  readonly memoryMiB: number;
  readonly vcpuCount: number;
  readonly weight: number;
  readonly capPercent: number;
  /** null: any. */
  readonly pcpus: readonly number[] | null;
  /** null: as the settings say. */
  readonly sliceMs: number | null;
  readonly tier: VmSummary['tier'];
  readonly clock: string;
  readonly network: VmSummary['network'];
  /** null: the usual one. */
  readonly adapterModel: string | null;
  readonly hasSound: boolean;
  readonly keyboardLayout: string;
  readonly hasConsole: boolean;
  readonly bootOrder: readonly string[] | null;
  readonly drives: readonly {
    readonly slot: string;
    readonly file: string;
    readonly access: string;
    readonly problem: string | null;
  }[];
  readonly program: {
    readonly fileName: string;
    readonly format: string;
    readonly byteLength: number;
    readonly commandLine: string | null;
    readonly initrd: string | null;
    readonly summary: string | null;
  } | null;
  readonly notes: string;
  readonly autostart: boolean;
  readonly checkpointMinutes: number | null;
  readonly group: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly changedAt: string;
}

export async function reportMachine(vm: VmSummary, control: Control): Promise<MachineReport> {
  const drives: MachineReport['drives'][number][] = [];
  for (const { slot, file, access, problem } of vm.drives) {
    drives.push({ slot, file: (await control.pathOf(file.token)) ?? file.displayPath, access, problem });
  }
  const { program } = vm;
  return {
    id: vm.id,
    name: vm.name,
    state: vm.state,
    activity: vm.activity,
    isSuspended: vm.isSuspended,
    pauseReason: vm.pauseReason,
    crash: vm.crash && { ...vm.crash, at: timeText(vm.crash.at) },
    profile: vm.profile,
    memoryMiB: vm.memoryMiB,
    vcpuCount: vm.vcpuCount,
    weight: vm.weight,
    capPercent: vm.capPercent,
    pcpus: vm.pcpus,
    sliceMs: vm.sliceMs,
    tier: vm.tier,
    clock: vm.clock,
    network: vm.network,
    adapterModel: vm.adapterModel,
    hasSound: vm.hasSound,
    keyboardLayout: vm.keyboardLayout,
    hasConsole: vm.hasConsole,
    bootOrder: vm.bootOrder,
    drives,
    program: program && {
      fileName: program.fileName,
      format: program.format,
      byteLength: program.byteLength,
      commandLine: program.commandLine ?? null,
      initrd: program.initrd ?? null,
      summary: vm.programSummary,
    },
    notes: vm.notes,
    autostart: vm.autostart,
    checkpointMinutes: vm.checkpointMinutes,
    group: vm.group,
    createdAt: timeText(vm.createdAt),
    changedAt: timeText(vm.changedAt),
  };
}

/** Of milliseconds since 1970. */
function timeText(at: number): string {
  return new Date(at).toISOString();
}

/** One word, or two where they matter: `running`, `paused (breakpoint)`, `off (suspended)`. */
export function stateText(vm: Pick<VmSummary, 'state' | 'activity' | 'pauseReason' | 'isSuspended'>): string {
  const { state, activity, pauseReason, isSuspended } = vm;
  if (state === 'off' && isSuspended) return 'off (suspended)';
  if (state === 'paused' && pauseReason?.kind === 'breakpoint') return 'paused (breakpoint)';
  if (state === 'running' && activity === 'stopped') return 'running (stopped)';
  return state;
}

export function machineTable(machines: readonly VmSummary[]): string {
  const rows = [
    ['NAME', 'STATE', 'MEMORY', 'PROGRAM', 'ID'],
    ...machines.map((vm) => [vm.name, stateText(vm), `${vm.memoryMiB} MiB`, contentOf(vm), vm.id]),
  ];
  return tableOf(rows);
}

export function machineDetails(machine: MachineReport): string {
  const { program, drives, network, crash } = machine;
  const fields: [string, string | null][] = [
    ['Name', machine.name],
    ['Id', machine.id],
    ['State', stateText(machine)],
    ['Crash', crash && crash.message],
    ['Kind', machine.profile],
    ['Memory', `${machine.memoryMiB} MiB`],
    ['Weight', String(machine.weight)],
    ['Cap', machine.capPercent === 0 ? 'none' : `${machine.capPercent} %`],
    ['pCPUs', machine.pcpus === null ? 'any' : machine.pcpus.join(', ')],
    ['Slice', machine.sliceMs === null ? null : `${machine.sliceMs} ms`],
    ['Tier', machine.tier],
    ['Clock', machine.clock],
    ['Network', network === null ? 'none' : network.kind === 'host' ? 'host' : `segment ${network.name}`],
    ['Adapter', network && machine.adapterModel],
    ['Sound', machine.hasSound ? 'yes' : 'none'],
    ['Keyboard', machine.keyboardLayout],
    ['Console', machine.hasConsole ? 'virtio' : null],
    ['Boot order', machine.bootOrder?.join(', ') ?? null],
    ['Program', program && [program.fileName, program.summary ?? program.format].join(': ')],
    ['Arguments', program?.commandLine ?? null],
    ['Initrd', program?.initrd ?? null],
    ...drives.map(({ slot, file, access, problem }): [string, string] => [
      slot,
      `${file} (${access})${problem === null ? '' : `: ${problem}`}`,
    ]),
    ['Group', machine.group],
    ['Autostart', machine.autostart ? 'yes' : null],
    ['Checkpoint', machine.checkpointMinutes === null ? null : `every ${machine.checkpointMinutes} min`],
    ['Notes', machine.notes === '' ? null : machine.notes],
    ['Created', machine.createdAt],
    ['Changed', machine.changedAt],
  ];
  const rows = fields.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return tableOf(rows);
}

/** What it starts: its program, or else what lies in its first drive. */
function contentOf({ program, drives }: VmSummary): string {
  return program?.fileName ?? drives[0]?.file.name ?? '-';
}

/** Columns side by side. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? ''))));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => padColumns(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
