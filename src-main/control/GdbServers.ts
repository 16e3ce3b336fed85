import type { GdbServer as Server } from '../../src-preload/contract/gdb.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import { GdbPortError, GdbServer, invitationTo } from '../debug/gdb/GdbServer.ts';
import type { DebugConnection, DebugLink } from '../hypervisor/threads/DebugConnection.ts';
import type { HypervisorService, VmId } from '../hypervisor/types.ts';
import type { Handlers } from './handlers.ts';
import { refuse, succeed } from './outcomes.ts';

/** QEMU's usual port, and how many from there on are tried. */
const USUAL_PORT = 1234;
const PORTS_TRIED = 100;

interface OpenServer {
  readonly server: GdbServer;
  connection: DebugConnection | undefined;
}

type OnChange = (id: VmId, server: Server | null) => void;

/** Machines that wait for gdb, each at a port of its own, while they are on. */
export class GdbServers {
  private readonly hypervisor: HypervisorService;
  private readonly onChange: OnChange;
  private readonly servers = new Map<VmId, OpenServer>();
  /** One after the other: each port is asked for once. */
  private opening: Promise<unknown> = Promise.resolve();

  constructor(hypervisor: HypervisorService, onChange: OnChange = () => undefined) {
    this.hypervisor = hypervisor;
    this.onChange = onChange;
    hypervisor.on('vm-state', ({ id, to }) => {
      if (to === 'off') this.close(id);
    });
  }

  status(id: VmId): Server | null {
    const open = this.servers.get(id);
    if (open === undefined) return null;
    const { port } = open.server;
    return { port, isAttached: open.connection !== undefined, command: this.commandFor(id, port) };
  }

  /** @param port null: the first that is free; another than the one it has moves the server there */
  open(id: VmId, port: number | null): Promise<Outcome<Server>> {
    const opened = this.opening.then(() => this.openNext(id, port));
    this.opening = opened.catch(() => undefined);
    return opened;
  }

  close(id: VmId): void {
    const open = this.servers.get(id);
    if (open === undefined) return;
    this.servers.delete(id);
    open.connection?.close();
    open.server.close();
    this.onChange(id, null);
  }

  private async openNext(id: VmId, port: number | null): Promise<Outcome<Server>> {
    const vm = this.hypervisor.get(id);
    if (vm === undefined) return refuse('machine-not-found', 'That machine no longer exists.', {}, 'no-machine');
    if (vm.state === 'off') return refuse('wrong-state', 'The machine is off. Start it first.', {}, 'machine-off');
    const present = this.status(id);
    if (present && (port === null || port === present.port)) return succeed(present);
    const server = await this.listen(id, port);
    if (server instanceof GdbPortError)
      return refuse('invalid-value', `gdb: ${server.message}`, { port: port ?? 0 }, `gdb-port-${server.problem}`);
    this.close(id);
    // The machine may have gone, too: nobody would close its server then.
    if ((this.hypervisor.get(id)?.state ?? 'off') === 'off') {
      server.close();
      return refuse('wrong-state', 'The machine is off. Start it first.', {}, 'machine-off');
    }
    this.servers.set(id, { server, connection: undefined });
    const status = this.status(id);
    if (status === null) throw new Error('a server that was opened just now is gone');
    this.onChange(id, status);
    return succeed(status);
  }

  private async listen(id: VmId, wanted: number | null): Promise<GdbServer | GdbPortError> {
    const ports =
      wanted === null ? [...Array.from({ length: PORTS_TRIED }, (_, index) => USUAL_PORT + index), 0] : [wanted];
    let problem: GdbPortError | undefined;
    for (const port of ports) {
      try {
        return await GdbServer.listen({
          port,
          connect: (link) => this.connect(id, link),
          onAttached: () => undefined,
          onDetached: () => this.noteConnection(id, undefined),
          onTurnedAway: () => undefined,
        });
      } catch (error) {
        if (!(error instanceof GdbPortError)) throw error;
        problem = error;
        // Somebody else's, perhaps of another Vivarium.
        if (error.problem !== 'taken') break;
      }
    }
    if (problem === undefined) throw new Error('no port was tried');
    return problem;
  }

  private connect(id: VmId, link: DebugLink): Pick<DebugConnection, 'receive' | 'lost'> {
    const attached = this.hypervisor.attachDebugger(id, link);
    if (attached.ok) {
      this.noteConnection(id, attached.value);
      return attached.value;
    }
    // Not before the server knows who it is that leaves.
    queueMicrotask(() => link.close());
    return { receive: () => undefined, lost: () => undefined };
  }

  private noteConnection(id: VmId, connection: DebugConnection | undefined): void {
    const open = this.servers.get(id);
    if (open === undefined || open.connection === connection) return;
    open.connection = connection;
    this.onChange(id, this.status(id));
  }

  /** A file that gdb finds the program's symbols in, at their addresses. */
  private symbolFileOf(id: VmId): string | null {
    const vm = this.hypervisor.get(id);
    if (vm?.symbols?.offset === 0) return vm.symbols.path;
    // gdb reads symbols of no other format.
    const isReadable = vm?.program?.format === 'elf' || vm?.program?.format === 'multiboot';
    return isReadable ? (vm?.program?.sourcePath ?? null) : null;
  }

  private commandFor(id: VmId, port: number): string {
    const file = this.symbolFileOf(id);
    const symbols = file === null ? '' : `${quoted(file)} `;
    return `gdb ${symbols}-ex "${invitationTo(port)}"`;
  }
}

/** As shells take one word; on Windows a name holds none of what has to be marked. */
function quoted(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `"${path.replace(/(["$`])/g, '\\$1')}"`;
}

export function gdbHandlers(servers: GdbServers): Handlers<'gdb:status' | 'gdb:open' | 'gdb:close'> {
  return {
    'gdb:status': ({ id }) => succeed(servers.status(id)),
    'gdb:open': ({ id, port }) => servers.open(id, port),
    'gdb:close': ({ id }) => {
      servers.close(id);
      return succeed(undefined);
    },
  };
}
