import type { ReadableMemory } from '../../debug/ReadableMemory.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';

const MIB = 2 ** 20;

/** The RAM of a machine, which may run meanwhile; empty once it is off. */
export function machineMemory(hypervisor: HypervisorService, id: VmId): ReadableMemory {
  return {
    byteLength: (hypervisor.get(id)?.memoryMiB ?? 0) * MIB,
    read: (address, byteLength) => hypervisor.readMemory(id, address, byteLength) ?? new Uint8Array(0),
  };
}

/** A machine's memory goes with its power. */
export function hasMemory(hypervisor: HypervisorService, id: VmId): boolean {
  return hypervisor.registers(id, 0) !== undefined;
}
