import type { StoredMachine } from '../storage/StoredMachine.ts';

/** What of a machine a snapshot brings back; name, share, notes and the like stay as its owner has them now. */
export function hardwareOf(machine: StoredMachine): Partial<StoredMachine> {
  const { profile, memoryMiB, vcpuCount, clock, network, bootOrder, drives, program } = machine;
  return { profile, memoryMiB, vcpuCount, clock, network, bootOrder, drives, program };
}
