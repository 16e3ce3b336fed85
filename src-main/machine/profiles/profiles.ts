import { isaProfile } from './isa.ts';
import type { MachineProfile } from './MachineProfile.ts';
import { microProfile } from './micro.ts';
import { pcProfile } from './pc.ts';

/** By name; the first is what a machine is unless its owner says otherwise. */
export const PROFILES: readonly MachineProfile[] = [pcProfile, isaProfile, microProfile];
export const DEFAULT_PROFILE: MachineProfile = pcProfile;
