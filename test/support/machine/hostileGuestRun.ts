import { isDeepStrictEqual } from 'node:util';
import { isaProfile } from '../../../src-main/machine/profiles/isa.ts';
import { microProfile } from '../../../src-main/machine/profiles/micro.ts';
import { pcProfile } from '../../../src-main/machine/profiles/pc.ts';
import { HostileGuest, type HostileOptions } from './HostileGuest.ts';

export const HOSTILE_MACHINES: readonly HostileOptions[] = [
  { profile: pcProfile, adapterModel: 'ne2000' },
  { profile: pcProfile, adapterModel: 'virtio' },
  { profile: isaProfile, adapterModel: 'ne2000' },
  { profile: microProfile, adapterModel: 'virtio' },
];
const ACTIONS = 400;
/** A guest does so little that only a hang takes this long, in milliseconds. */
const MOST_MS = 20_000;

/** One guest on the machine that is its seed's turn; what was wrong, or nothing. */
export function runHostileGuest(seed: number): string {
  const options = HOSTILE_MACHINES[seed % HOSTILE_MACHINES.length] ?? HOSTILE_MACHINES[0];
  const name = `guest ${seed} on ${options.profile.name} with ${options.adapterModel}`;
  const start = performance.now();
  try {
    const guest = new HostileGuest(seed, options);
    guest.act(ACTIONS);
    const state = JSON.parse(JSON.stringify(guest.machine.save()));
    const twin = guest.twin();
    twin.machine.restore(state);
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(twin.machine.save())), state))
      return `${name}: its snapshot comes back as another`;
    twin.act(20);
  } catch (error) {
    return `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const ms = performance.now() - start;
  return ms > MOST_MS ? `${name}: took ${Math.round(ms)} ms` : '';
}
