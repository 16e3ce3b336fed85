import { z } from 'zod';
import { call, event } from './Channel.ts';
import { APPLIANCE_STEPS } from './layouts/ApplianceSteps.ts';
import { VmSummary } from './machines.ts';

/** Systems that build themselves from packages of the host. */
export const ApplianceRecipe = z.enum(['debian-mini']);
export type ApplianceRecipe = z.infer<typeof ApplianceRecipe>;

/** How far a build has come. */
export const ApplianceProgress = z.object({
  recipe: ApplianceRecipe,
  step: z.enum(APPLIANCE_STEPS),
  /** The package in work, with its size; may be empty. */
  detail: z.string(),
});
export type ApplianceProgress = z.infer<typeof ApplianceProgress>;

export const applianceContract = {
  /** Whether this host has what the recipe needs; when not, the problem says what is missing. */
  'appliance:check': call(z.object({ recipe: ApplianceRecipe }), z.void()),
  /** Fetches and builds; answers with the machine, ready to start, or with `cancelled`. One build at a time. */
  'appliance:build': call(z.object({ recipe: ApplianceRecipe, start: z.boolean().default(false) }), VmSummary),
  'appliance:cancel': call(z.void(), z.void()),
  'appliance:progress': event(ApplianceProgress),
} as const;
