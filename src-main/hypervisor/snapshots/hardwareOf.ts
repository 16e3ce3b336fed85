import type { StoredMachine } from '../storage/StoredMachine.ts';

/** What of a machine a snapshot brings back; name, share, notes and the like stay as its owner has them now. */
export function hardwareOf(machine: StoredMachine): Partial<StoredMachine> {
  const { profile, memoryMiB, vcpuCount, clock, bootOrder, drives, program } = machine;
  const { network, adapterModel, hasConsole, hasSound } = machine;
  const devices = { network, adapterModel, hasConsole, hasSound };
  return { profile, memoryMiB, vcpuCount, clock, ...devices, bootOrder, drives, program };
}

/** The one definition makes the same machine as the other. */
export function isSameHardware(a: StoredMachine, b: StoredMachine): boolean {
  const hardware = (machine: StoredMachine): string =>
    JSON.stringify({
      ...hardwareOf(machine),
      drives: machine.drives.map(({ slot, path, access }) => [slot, path, access]),
    });
  return hardware(a) === hardware(b);
}
