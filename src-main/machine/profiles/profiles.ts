import { isaProfile } from './isa.ts';
import type { MachineProfile } from './MachineProfile.ts';
import { microProfile } from './micro.ts';
import { pcProfile } from './pc.ts';

export const PROFILE_NAMES = ['pc', 'isa', 'micro'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** By name; the first is what a machine is unless its owner says otherwise. */
export const PROFILES: readonly MachineProfile[] = [pcProfile, isaProfile, microProfile];
export const DEFAULT_PROFILE: MachineProfile = pcProfile;

export function profileOf(name: ProfileName): MachineProfile {
  return { pc: pcProfile, isa: isaProfile, micro: microProfile }[name];
}
