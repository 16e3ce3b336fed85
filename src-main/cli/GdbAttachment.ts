import { GdbPortError, GdbServer, invitationTo, type TurnedAway } from '../debug/gdb/GdbServer.ts';
import { GdbSession } from '../debug/gdb/GdbSession.ts';
import { MachineDebugger } from '../debug/gdb/MachineDebugger.ts';
import { debuggedTravel, debugMachine } from '../hypervisor/timetravel/debugMachine.ts';
import { TimeTravel } from '../hypervisor/timetravel/TimeTravel.ts';
import type { TranslatedMachine } from '../hypervisor/TranslatedMachine.ts';
import type { HostTime } from '../machine/MachineOptions.ts';
import { UsageError } from './ExitStatus.ts';
import type { RunResult } from './RunSession.ts';
import type { Terminal } from './Terminal.ts';

/** A run that gdb drives. */
export interface GdbAttachment {
  readonly debug: MachineDebugger;
  /** The run is over: gdb is told. */
  tellEnd(result: RunResult): void;
  /** The port is free again; an open one would keep the process alive. */
  close(): void;
}

export interface GdbChoices {
  /** 0: any that is free. */
  readonly port: number;
  /** By the instruction clock: then the machine can go back. */
  readonly isRepeatable: boolean;
  /** The machine's own. */
  readonly hostTime: HostTime;
}

const TURNED_AWAY: Readonly<Record<TurnedAway, string>> = {
  second: 'A second gdb was turned away: one is connected already.',
  stranger: 'Somebody who is no gdb was turned away.',
};

/** Holds the machine until gdb lets it go. Throws {@link UsageError} when the port cannot be had. */
export async function waitForGdb(
  parts: TranslatedMachine,
  { port, isRepeatable, hostTime }: GdbChoices,
  terminal: Terminal,
): Promise<GdbAttachment> {
  const history = isRepeatable ? new TimeTravel(parts, { hostTime }) : undefined;
  const debug = new MachineDebugger(debugMachine(parts, history && debuggedTravel(history)));
  let server: GdbServer;
  try {
    server = await GdbServer.listen({
      port,
      connect: (link) => new GdbSession(debug, link),
      onAttached: () => undefined,
      onDetached: (how) => {
        if (how === 'lost' && debug.isHeld)
          terminal.complain(`gdb is gone and the machine stands still; “${invitationTo(server.port)}” goes on.`);
      },
      onTurnedAway: (who) => terminal.complain(TURNED_AWAY[who]),
    });
  } catch (error) {
    if (error instanceof GdbPortError) throw new UsageError(`--gdb: ${error.message}`);
    throw error;
  }
  terminal.complain(`The machine waits for gdb: “${invitationTo(server.port)}”.`);
  return {
    debug,
    tellEnd: ({ reason, detail }) => {
      const isCrash = reason === 'shutdown' || reason === 'error';
      // What the guest wrote to its exit port.
      const status = reason === 'poweroff' && /^\d+$/.test(detail) ? Number(detail) : 0;
      history?.close();
      debug.tellEnd({ isCrash, status });
    },
    close: () => server.close(),
  };
}
