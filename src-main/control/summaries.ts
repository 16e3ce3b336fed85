import type { VmDrive, VmProgram, VmSummary } from '../../src-preload/contract/machines.ts';
import type { FileGrant } from '../../src-preload/contract/programs.ts';
import type * as hypervisor from '../hypervisor/types.ts';

export type VmRole = VmSummary['role'];

const TEXT_FILE = /\.(asm|nasm|s|inc|txt|json|seed)$/i;

/** A machine as the window sees it: `grant` makes a token of each path of this computer. */
export function toVmSummary(vm: hypervisor.VmSummary, role: VmRole, grant: (path: string) => FileGrant): VmSummary {
  return {
    id: vm.id,
    name: vm.name,
    profile: vm.profile,
    memoryMiB: vm.memoryMiB,
    vcpuCount: vm.vcpuCount,
    weight: vm.weight,
    capPercent: vm.capPercent,
    pcpus: vm.pcpus && [...vm.pcpus],
    sliceMs: vm.sliceMs,
    tier: vm.tier,
    clock: vm.clock,
    network: vm.network,
    adapterModel: vm.adapterModel,
    hasConsole: vm.hasConsole,
    hasSound: vm.hasSound,
    keyboardLayout: vm.keyboardLayout,
    bootOrder: vm.bootOrder && [...vm.bootOrder],
    drives: vm.drives.map((drive) => toVmDrive(drive, vm.driveProblems, grant)),
    notes: vm.notes,
    autostart: vm.autostart,
    checkpointMinutes: vm.checkpointMinutes,
    group: vm.group,
    colour: vm.colour,
    state: vm.state,
    activity: vm.activity,
    program: vm.program && toVmProgram(vm.program),
    programSummary: vm.programSummary,
    pauseReason: vm.pauseReason,
    crash: vm.crash,
    isDebugged: vm.isDebugged,
    isSuspended: vm.isSuspended,
    role,
    createdAt: vm.createdAt,
    changedAt: vm.changedAt,
  };
}

function toVmDrive(
  { slot, path, access }: hypervisor.VmDrive,
  problems: readonly hypervisor.DriveProblem[],
  grant: (path: string) => FileGrant,
): VmDrive {
  const problem = problems.find((each) => each.slot === slot)?.message ?? null;
  return { slot, file: grant(path), access, problem };
}

function toVmProgram({ fileName, format, byteLength, commandLine, initrd }: hypervisor.VmProgram): VmProgram {
  const hasSource = format === 'asm' || format === 'seed' || (format === 'auto' && TEXT_FILE.test(fileName));
  return {
    fileName,
    format,
    byteLength,
    hasSource,
    ...(commandLine !== undefined && { commandLine }),
    ...(initrd !== null && { initrd: initrd.fileName }),
  };
}
