import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { DeviceActivity } from '../types.ts';
import { DEVICE_ACTIVITY, type MachineViews } from './ThreadMachine.ts';

/** From shared memory, at no cost to the guest. */
export function readDeviceActivity({ activity }: MachineViews): DeviceActivity {
  const words = new Uint32Array(activity);
  const at = (word: number): number => words[word] ?? 0;
  const counts = (slot: DriveSlot): DeviceActivity['drives'][DriveSlot] => ({
    reads: at(DEVICE_ACTIVITY.reads(slot)),
    writes: at(DEVICE_ACTIVITY.writes(slot)),
  });
  return {
    drives: {
      floppy: counts('floppy'),
      hda: counts('hda'),
      hdb: counts('hdb'),
      cdrom: counts('cdrom'),
      vda: counts('vda'),
    },
    framesSent: at(DEVICE_ACTIVITY.framesSent),
    framesReceived: at(DEVICE_ACTIVITY.framesReceived),
  };
}
