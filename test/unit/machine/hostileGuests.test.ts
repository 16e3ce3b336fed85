import { expect, test } from 'vitest';
import { HOSTILE_MACHINES, runHostileGuest } from '../../support/machine/hostileGuestRun.ts';

/** Some of what `npm run fuzz -- --devices` does for as long as one likes. */
const GUESTS = 15;

test.each(HOSTILE_MACHINES.map(({ profile, adapterModel }, index) => ({ name: profile.name, adapterModel, index })))(
  'hostile guests of $name with $adapterModel break no device, and every state survives a snapshot',
  { timeout: 120_000 },
  ({ index }) => {
    for (let guest = 0; guest < GUESTS; guest++)
      expect(runHostileGuest(index + guest * HOSTILE_MACHINES.length)).toBe('');
  },
);
