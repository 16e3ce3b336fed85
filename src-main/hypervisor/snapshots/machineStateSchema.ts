import { z } from 'zod';
import type { MachineState } from '../../machine/MachineState.ts';

const count = z.int().min(0);
const deviceState = z.looseObject({ version: z.int() });
const ending = z.strictObject({
  reason: z.enum(['halted', 'shutdown', 'poweroff', 'error']),
  detail: z.string().max(65_536),
});

/**
 * A machine's state from outside. What devices and processors make of theirs they check themselves; here are the fields
 * that are the machine's own.
 */
export const machineStateSchema: z.ZodType<MachineState> = z.strictObject({
  version: z.literal(1),
  profile: z.string().max(64),
  clock: z.strictObject({
    kind: z.enum(['host', 'instructions']),
    guestTimeNs: count,
    originNs: z.number().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).nullable(),
  }),
  // Checked by `parseProcessorState` where the machine takes them.
  processors: z.array(z.custom<MachineState['processors'][number]>((each) => typeof each === 'object')).max(256),
  devices: z.record(z.string(), deviceState),
  firmware: deviceState.nullable(),
  typist: deviceState,
  entropy: deviceState.nullable(),
  timers: z.array(z.strictObject({ owner: z.string().max(64), deadline: count })).max(4096),
  end: ending.nullable(),
  instructionsBefore: count,
  interrupts: count,
});
