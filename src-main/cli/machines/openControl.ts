import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Problem } from '../../../src-preload/contract/Outcome.ts';
import type { Control } from '../../control/Control.ts';
import { makeControlService } from '../../control/ControlService.ts';
import { BundledSamples } from '../../control/files/BundledSamples.ts';
import { LocalControl } from '../../control/LocalControl.ts';
import { refuse, succeed, toProblem } from '../../control/outcomes.ts';
import { ControlClient } from '../../control/socket/ControlClient.ts';
import type { Terminal } from '../Terminal.ts';
import type { StoreAccess } from './StoreAccess.ts';

/** Another command may copy disks. */
const WAIT_MS_MOST = 60_000;
const RETRY_MS = 25;
/** Until then nobody asks why nothing happens. */
const SILENT_MS = 1_500;

/** A command on machines that was refused: a message to the user, and the exit status 1. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'Refusal';
    this.problem = problem;
  }
}

/**
 * The machines of the store: through the window or the headless owner that has it open, else opened here. Throws
 * {@link Refusal}.
 */
export async function openControl(access: StoreAccess, terminal: Terminal): Promise<Control> {
  return untilReached<Control>(terminal, async () => {
    const client = await connectToOwner(access);
    if (client) return succeed(client);
    const opened = await access.open();
    if (opened.ok) {
      for (const { message } of opened.value.storeProblems()) terminal.complain(message);
      return succeed(new LocalControl(makeControlService(opened.value, new BundledSamples())));
    }
    const problem = toProblem(opened.error);
    if (opened.error.code !== 'storage-locked') throw new Refusal(problem);
    return { ok: false, problem };
  });
}

/** The owner of the store, which can run machines; one is started in the background when there is none. */
export async function openOwner(access: StoreAccess, terminal: Terminal): Promise<ControlClient> {
  const present = await connectToOwner(access);
  if (present) return present;
  const owner = access.startOwner();
  return untilReached(terminal, async () => {
    const started = await connectToOwner(access);
    if (started) return succeed(started);
    const failure = owner.failure();
    if (failure !== null) throw new Refusal({ code: 'internal', message: `No machine can be run: ${failure}` });
    return refuse('storage', 'The process that is to run the machines has not come up in time.');
  });
}

export async function connectToOwner({ folder }: StoreAccess): Promise<ControlClient | undefined> {
  const client = await ControlClient.connect(folder);
  if (client?.ok === false) throw new Refusal(client.problem);
  return client?.value;
}

/** Tries again and again; `attempt` says why not yet. */
async function untilReached<Reached>(terminal: Terminal, attempt: () => Promise<Outcome<Reached>>): Promise<Reached> {
  const start = performance.now();
  let isTold = false;
  for (;;) {
    const result = await attempt();
    if (result.ok) return result.value;
    const waited = performance.now() - start;
    if (waited > WAIT_MS_MOST) throw new Refusal(result.problem);
    if (waited > SILENT_MS && !isTold) {
      isTold = true;
      terminal.complain('Waiting for another vivarium command to finish with the machines...');
    }
    await sleep(RETRY_MS);
  }
}
