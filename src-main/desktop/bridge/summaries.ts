import type { VmProgram, VmSummary } from '../../../src-preload/contract/machines.ts';
import type * as hypervisor from '../../hypervisor/types.ts';

export type VmRole = VmSummary['role'];

const TEXT_FILE = /\.(asm|nasm|s|inc|txt|json|seed)$/i;

/** A machine as the window sees it: without the paths of this computer. */
export function toVmSummary(vm: hypervisor.VmSummary, role: VmRole): VmSummary {
  return {
    id: vm.id,
    name: vm.name,
    memoryMiB: vm.memoryMiB,
    vcpuCount: vm.vcpuCount,
    weight: vm.weight,
    capPercent: vm.capPercent,
    clock: vm.clock,
    network: vm.network,
    notes: vm.notes,
    colour: vm.colour,
    state: vm.state,
    activity: vm.activity,
    program: vm.program && toVmProgram(vm.program),
    programSummary: vm.programSummary,
    pauseReason: vm.pauseReason,
    crash: vm.crash,
    role,
    createdAt: vm.createdAt,
    changedAt: vm.changedAt,
  };
}

function toVmProgram({ fileName, format, byteLength }: hypervisor.VmProgram): VmProgram {
  const hasSource = format === 'asm' || format === 'seed' || (format === 'auto' && TEXT_FILE.test(fileName));
  return { fileName, format, byteLength, hasSource };
}
