import { z } from 'zod';
import { call } from './Channel.ts';
import { VmId, VmSettings } from './machines.ts';

/** A machine that a tour wants: what its steps call it, and what it runs. */
export const TourMachine = z.object({
  part: z.string().min(1).max(40),
  sampleId: z.string().max(64),
  settings: VmSettings.partial(),
});
export type TourMachine = z.infer<typeof TourMachine>;

/** The machines of the tour that is under way; those that the user has deleted are missing. */
export const TourStage = z.object({
  state: z.enum(['off', 'starting', 'running', 'stopping']),
  machines: z.array(z.object({ part: z.string(), id: VmId })),
});
export type TourStage = z.infer<typeof TourStage>;

/** Main makes and removes a tour's machines. Tours themselves are the window's. */
export const tourContract = {
  /** Makes them, off, in place of another tour's. */
  'tour:begin': call(z.object({ machines: z.array(TourMachine).min(1).max(8) }), TourStage),
  /** Powers them off and removes them. */
  'tour:end': call(z.void(), TourStage),
  'tour:get': call(z.void(), TourStage),
} as const;
