import { z } from 'zod';
import { call, event } from './Channel.ts';
import { VmId } from './machines.ts';
import { FileGrant } from './programs.ts';

const MEBIBYTE = 2 ** 20;

/** What is written down of a machine's run: a line for each event, or instruction, that its filter names. */
export const Trace = z.object({
  file: FileGrant,
  /** As `vivarium run --trace-filter` takes it; empty: interrupts, exceptions, mode switches, loads of control registers. */
  filter: z.string(),
  mostBytes: z.number().int(),
  byteLength: z.number().int(),
  /** `recording`: it goes on, or begins when the machine is started. */
  state: z.enum(['recording', 'stopped', 'full', 'failed']),
  /** Why it has failed. */
  problem: z.string().nullable(),
});
export type Trace = z.infer<typeof Trace>;

export const traceContract = {
  /** The last one, also when it has ended; null: there was none. */
  'trace:status': call(z.object({ id: VmId }), Trace.nullable()),
  /** Opens the save dialog for a trace's file. */
  'trace:pickFile': call(z.object({ id: VmId }), FileGrant),
  /** Ends the former one. Of a machine that is off: from its first instruction on. */
  'trace:start': call(
    z.object({
      id: VmId,
      token: z.string().max(64),
      filter: z.string().max(1000).default(''),
      mostBytes: z
        .number()
        .int()
        .min(MEBIBYTE)
        .max(2048 * MEBIBYTE)
        .default(64 * MEBIBYTE),
    }),
    Trace,
  ),
  /** Resolves when all is written. */
  'trace:stop': call(z.object({ id: VmId }), Trace.nullable()),
  'trace:changed': event(z.object({ id: VmId, trace: Trace.nullable() })),
} as const;
