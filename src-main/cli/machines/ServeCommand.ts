import { setTimeout as sleep } from 'node:timers/promises';
import { makeControlService } from '../../control/ControlService.ts';
import { interruptedText } from '../../control/interruptedText.ts';
import { BundledSamples } from '../../control/files/BundledSamples.ts';
import { toProblem } from '../../control/outcomes.ts';
import { ControlServer } from '../../control/socket/ControlServer.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import { EXIT_STATUS, INTERRUPT_STATUS, type Interrupt } from '../ExitStatus.ts';
import type { Terminal } from '../Terminal.ts';
import type { MachineContext } from './MachineCommands.ts';
import { connectToOwner, Refusal } from './openControl.ts';

/** Whoever had it started has this long to say what for. */
const FIRST_IDLE_MS = 10_000;
const IDLE_MS = 1_000;
const OPEN_MS_MOST = 60_000;
const RETRY_MS = 50;

/**
 * `vivarium serve`: owns the store without a window, for other commands to run machines in it. With `isUntilIdle` it
 * ends when no machine is on and nobody is connected. Machines that are on when it is ended are suspended.
 */
export async function serve(context: MachineContext, isUntilIdle: boolean): Promise<number> {
  const { access, terminal } = context;
  const hypervisor = await openForGood(context, isUntilIdle);
  // Another process was first, and does as well.
  if (!hypervisor) return EXIT_STATUS.success;
  let end = (_reason: Interrupt | 'idle'): void => undefined;
  const ended = new Promise<Interrupt | 'idle'>((resolve) => (end = resolve));
  const stopListening = terminal.onInterrupt((signal) => {
    // Whose output is closed or lost may live on all the same.
    if (signal !== 'EPIPE' && signal !== 'EIO') end(signal);
  });
  for (const { message } of hypervisor.storeProblems()) terminal.complain(message);
  let server: ControlServer | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  const watch = (idleMs: number): void => {
    clearTimeout(idleTimer);
    if (isUntilIdle && !isWanted(hypervisor, server)) idleTimer = setTimeout(() => end('idle'), idleMs);
  };
  try {
    server = await listen(makeControlService(hypervisor, new BundledSamples()), {
      folder: access.folder,
      owner: 'headless',
      onRelease: (suspended) => {
        for (const { name } of suspended) terminal.complain(`“${name}” goes on in a window.`);
        end('idle');
      },
      onClientsChange: () => watch(IDLE_MS),
      log: (message, error) => terminal.complain(`${message}: ${String(error)}`),
    });
    hypervisor.on('vm-changed', () => watch(IDLE_MS));
    hypervisor.on('vm-removed', () => watch(IDLE_MS));
    if (!isUntilIdle)
      terminal.complain(`Serving the machines in ${access.folder}. Ctrl-C suspends those that are on, and ends this.`);
    await wakeInterrupted(hypervisor, terminal);
    watch(FIRST_IDLE_MS);
    const reason = await ended;
    return reason === 'idle' ? EXIT_STATUS.success : INTERRUPT_STATUS[reason];
  } finally {
    clearTimeout(idleTimer);
    await server?.close();
    await suspendAll(hypervisor, terminal);
    await hypervisor.dispose();
    // Not before: a terminal's Ctrl-C may come twice, once from whoever started this process, and would end it unsuspended.
    stopListening();
  }
}

/** Throws {@link Refusal}. */
async function listen(...parts: Parameters<typeof ControlServer.start>): Promise<ControlServer> {
  try {
    return await ControlServer.start(...parts);
  } catch (error) {
    const message = `Other commands cannot be let in: ${error instanceof Error ? error.message : String(error)}.`;
    throw new Refusal({ code: 'storage', message });
  }
}

/** Machines that a killed process has left with a checkpoint. One that cannot go on stays suspended there. */
async function wakeInterrupted(hypervisor: HypervisorService, terminal: Terminal): Promise<void> {
  for (const { id, name, interruptedAt } of hypervisor.list()) {
    if (interruptedAt === null) continue;
    const started = await hypervisor.start(id);
    terminal.complain(started.ok ? interruptedText(name, interruptedAt) : started.error.message);
  }
}

/** Whoever ends an owner, the system that shuts down for one, has not asked for machines to lose what they were at. */
async function suspendAll(hypervisor: HypervisorService, terminal: Terminal): Promise<void> {
  for (const { id, name, state } of hypervisor.list()) {
    if (state !== 'running' && state !== 'paused') continue;
    const suspended = await hypervisor.suspend(id);
    terminal.complain(
      suspended.ok ? `“${name}” was suspended.` : `“${name}” was powered off: ${suspended.error.message}`,
    );
  }
}

function isWanted(hypervisor: HypervisorService, server: ControlServer | undefined): boolean {
  return (server?.clients ?? 0) > 0 || hypervisor.list().some(({ state }) => state !== 'off');
}

/** Waits for commands that have the store open for a moment; undefined: somebody serves it already. */
async function openForGood({ access }: MachineContext, isUntilIdle: boolean): Promise<HypervisorService | undefined> {
  const giveUpAt = performance.now() + OPEN_MS_MOST;
  for (;;) {
    const opened = await access.open();
    if (opened.ok) return opened.value;
    if (opened.error.code !== 'storage-locked' || performance.now() > giveUpAt)
      throw new Refusal(toProblem(opened.error));
    const owner = await connectToOwner(access);
    if (owner) {
      const kind = owner.owner;
      await owner.close();
      if (isUntilIdle) return undefined;
      const who = kind === 'window' ? 'A window of Vivarium' : 'Another `vivarium serve`';
      throw new Refusal({ code: 'storage', message: `${who} has the machines in ${access.folder} open.` });
    }
    await sleep(RETRY_MS);
  }
}
