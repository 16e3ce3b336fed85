import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { TimeLine as TimeLineMessage } from '../../../src-preload/contract/timeTravel.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { Handlers } from '../../control/handlers.ts';
import type { Machines } from '../../control/Machines.ts';
import { refuse, refuseWith, succeed, toOutcome } from '../../control/outcomes.ts';
import type { HypervisorService, TimeLine } from '../../hypervisor/types.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';

type TimeCall = Extract<CallName, `time:${string}`>;

export interface TimeTravelServices {
  readonly hypervisor: HypervisorService;
  readonly machines: Machines;
  readonly grants: FileGrants;
  readonly dialogs: FileDialogs;
}

/** Machines' pasts. */
export function timeTravelHandlers({ hypervisor, machines, grants, dialogs }: TimeTravelServices): Handlers<TimeCall> {
  const { time } = hypervisor;
  return {
    'time:line': async ({ id }) => toOutcome(await time.timeLine(id), (line) => line && toMessage(line)),
    'time:goTo': ({ id, instructions }) => machines.outcome(time.goTo(id, instructions)),
    'time:stepBack': ({ id }) => machines.outcome(time.stepBack(id)),
    'time:runBack': ({ id }) => machines.outcome(time.runBack(id, { kind: 'breakpoint' })),
    'time:lastWrite': ({ id, linearAddress, byteLength }) =>
      machines.outcome(time.runBack(id, { kind: 'write', linearAddress, byteLength })),
    'time:saveRecording': async ({ id }) => {
      const name = hypervisor.get(id)?.name ?? 'machine';
      const file = await dialogs.pickRecording(`${name.replaceAll(/[\\/:*?"<>|]/g, '-')}.rec`);
      if (file === null) return refuse('cancelled', 'The dialog was closed.');
      const saved = await time.saveRecording(id, file);
      return saved.ok ? succeed(grants.grant(file, 'read')) : refuseWith(saved.error);
    },
  };
}

function toMessage({ checkpoints, inputs, ...line }: TimeLine): TimeLineMessage {
  return { ...line, checkpoints: [...checkpoints], inputs: [...inputs] };
}
