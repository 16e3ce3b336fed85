import { z } from 'zod';
import { call } from './Channel.ts';
import { Address } from './debugging.ts';
import { VmId, VmSummary } from './machines.ts';
import { FileGrant } from './programs.ts';

const InstructionCount = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const TimeLinePlace = z.object({
  /** Retired since the machine was made. */
  instructions: z.number(),
  guestTimeNs: z.number(),
});

/** The past of a machine by the instruction clock. */
export const TimeLine = z.object({
  earliest: TimeLinePlace,
  latest: TimeLinePlace,
  present: TimeLinePlace,
  /** What the history begins with; but for `power-on`, what was before is lost. */
  beginning: z.enum(['power-on', 'snapshot', 'program', 'medium', 'disk-writes']),
  /** Instruction counts, ascending; some of them where there are many. */
  checkpoints: z.array(z.number()),
  /** What reached the machine from outside; the first of those that lie close together. */
  inputs: z.array(
    z.object({
      instructions: z.number(),
      kind: z.enum([
        'key',
        'type',
        'mouse',
        'serial',
        'console',
        'frame',
        'power-button',
        'medium',
        'register',
        'memory',
        'nmi',
        'reset',
      ]),
    }),
  ),
  inputCount: z.number(),
  /** What checkpoints keep of memory. */
  keptBytes: z.number(),
});
export type TimeLine = z.infer<typeof TimeLine>;

export const timeTravelContract = {
  /** Null while the machine is off, and by the host's clock. */
  'time:line': call(z.object({ id: VmId }), TimeLine.nullable()),
  /** To the place right behind the instruction of that number, or the nearest that can be reached. */
  'time:goTo': call(z.object({ id: VmId, instructions: InstructionCount }), VmSummary),
  /** To before the instruction that was executed last. */
  'time:stepBack': call(z.object({ id: VmId }), VmSummary),
  /** To the last breakpoint before; the machine is `running` until it arrives, and a pause gives it up. */
  'time:runBack': call(z.object({ id: VmId }), VmSummary),
  /** The same to before the instruction that wrote to these bytes of linear memory last. */
  'time:lastWrite': call(
    z.object({
      id: VmId,
      linearAddress: Address,
      byteLength: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]).default(1),
    }),
    VmSummary,
  ),
  /** Opens the save dialog for a recording. */
  'time:pickRecording': call(z.object({ id: VmId }), FileGrant),
  /** Writes the run since power-on as a file for `vivarium replay`. */
  'time:saveRecording': call(z.object({ id: VmId, token: z.string().max(64) }), FileGrant),
} as const;
