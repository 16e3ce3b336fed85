import type { CallName } from '../../src-preload/contract/contract.ts';
import type { TimeLine as TimeLineMessage } from '../../src-preload/contract/timeTravel.ts';
import type { HypervisorService, TimeLine } from '../hypervisor/types.ts';
import type { FileGrants } from './files/FileGrants.ts';
import { NOT_GRANTED } from './files/ProgramSources.ts';
import type { Handlers } from './handlers.ts';
import type { Machines } from './Machines.ts';
import { refuse, refuseWith, succeed, toOutcome } from './outcomes.ts';

type TimeCall = Exclude<Extract<CallName, `time:${string}`>, 'time:pickRecording'>;

/** Machines' pasts. Where a recording is kept is chosen by dialog, or on the command line. */
export function timeTravelHandlers(
  { time }: Pick<HypervisorService, 'time'>,
  machines: Machines,
  grants: FileGrants,
): Handlers<TimeCall> {
  return {
    'time:line': async ({ id }) => toOutcome(await time.timeLine(id), (line) => line && toMessage(line)),
    'time:goTo': ({ id, instructions }) => machines.outcome(time.goTo(id, instructions)),
    'time:stepBack': ({ id }) => machines.outcome(time.stepBack(id)),
    'time:runBack': ({ id }) => machines.outcome(time.runBack(id, { kind: 'breakpoint' })),
    'time:lastWrite': ({ id, linearAddress, byteLength }) =>
      machines.outcome(time.runBack(id, { kind: 'write', linearAddress, byteLength })),
    'time:saveRecording': async ({ id, token }) => {
      const file = grants.resolve(token, 'write');
      if (file === null) return refuse('access-not-granted', NOT_GRANTED);
      const saved = await time.saveRecording(id, file);
      return saved.ok ? succeed(grants.grant(file, 'read')) : refuseWith(saved.error);
    },
  };
}

function toMessage({ checkpoints, inputs, ...line }: TimeLine): TimeLineMessage {
  return { ...line, checkpoints: [...checkpoints], inputs: [...inputs] };
}
