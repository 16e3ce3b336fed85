import { GdbPortError, GdbServer } from '../debug/gdb/GdbServer.ts';
import { MachineDebugger } from '../debug/gdb/MachineDebugger.ts';
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

/** Holds the machine until gdb lets it go. Throws {@link UsageError} when the port cannot be had. */
export async function waitForGdb(
  parts: TranslatedMachine,
  { port, isRepeatable, hostTime }: GdbChoices,
  terminal: Terminal,
): Promise<GdbAttachment> {
  const { machine, memory } = parts;
  let history: TimeTravel | undefined;
  const beginHistory = (): TimeTravel => {
    history?.close();
    return (history = new TimeTravel(parts, { hostTime }));
  };
  const debug = new MachineDebugger(machine, isRepeatable ? beginHistory : undefined);
  let server: GdbServer;
  try {
    server = await GdbServer.listen({ port, debug, memory, notify: (line) => terminal.complain(line) });
  } catch (error) {
    if (error instanceof GdbPortError) throw new UsageError(`--gdb: ${error.message}`);
    throw error;
  }
  terminal.complain(`The machine waits for gdb: “${server.invitation}”.`);
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
