import { chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { Disposer, Result, VmSummary } from '../../hypervisor/types.ts';
import { forwardMachineEvents, type ControlService } from '../ControlService.ts';
import { refuse, succeed } from '../outcomes.ts';
import { ControlConnection } from './ControlConnection.ts';
import type { Release } from './protocol.ts';
import { prepareEndpoint, publishEndpoint, removeEndpoint, type Endpoint } from './endpoint.ts';

const CLIENTS_MOST = 64;

export interface ControlServerOptions {
  /** The store's folder; its lock is held. */
  readonly folder: string;
  readonly owner: 'window' | 'headless';
  /** A client wants the store: called when nothing keeps a headless owner, with the machines that were suspended for it. */
  readonly onRelease?: (suspended: readonly VmSummary[]) => void;
  readonly onClientsChange?: (clients: number) => void;
  log(message: string, error: unknown): void;
}

/** Lets other programs of the same user control the machines of an open store. */
export class ControlServer {
  private readonly service: ControlService;
  private readonly options: ControlServerOptions;
  private readonly endpoint: Endpoint;
  private readonly server: Server;
  private readonly connections = new Set<ControlConnection>();
  private readonly stopForwarding: Disposer;

  /** Throws what the file system and the socket throw. */
  static async start(service: ControlService, options: ControlServerOptions): Promise<ControlServer> {
    const endpoint = await prepareEndpoint(options.folder);
    const server = new ControlServer(service, options, endpoint);
    try {
      await server.listen();
      if (process.platform !== 'win32') await chmod(endpoint.address, 0o600);
      await publishEndpoint(options.folder, endpoint);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  private constructor(service: ControlService, options: ControlServerOptions, endpoint: Endpoint) {
    this.service = service;
    this.options = options;
    this.endpoint = endpoint;
    this.server = createServer((socket) => {
      const connection: ControlConnection = new ControlConnection(socket, {
        service,
        owner: options.owner,
        token: endpoint.token,
        release: (suspends) => this.release(suspends),
        onClose: () => {
          this.connections.delete(connection);
          options.onClientsChange?.(this.connections.size);
        },
        log: options.log,
      });
      this.connections.add(connection);
      options.onClientsChange?.(this.connections.size);
    });
    this.server.maxConnections = CLIENTS_MOST;
    this.server.on('error', (error) => options.log('The control socket failed', error));
    this.stopForwarding = forwardMachineEvents(service, (name, payload) => {
      for (const connection of this.connections) connection.emit(name, payload);
    });
  }

  get clients(): number {
    return this.connections.size;
  }

  /** From its first moment on no new client comes in. */
  async close(): Promise<void> {
    this.stopForwarding();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.connections) connection.close();
    await removeEndpoint(this.options.folder, this.endpoint);
    await closed;
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.endpoint.address, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  private async release(suspends: boolean): Promise<Outcome<Release>> {
    const { owner, onRelease } = this.options;
    if (owner === 'window' || !onRelease)
      return refuse('machine-busy', 'A window of Vivarium has the machines open. Quit it first.');
    const alive = this.service.hypervisor.list().filter(({ state }) => state !== 'off' && state !== 'crashed');
    if (alive.length > 0 && !suspends) {
      const names = namesOf(alive);
      return refuse('machine-busy', `Machines run without a window: ${names}. Stop them first (vivarium stop NAME).`, {
        names,
      });
    }
    // What it is about to do would be lost; the asking one may try again. Those who only look on lose nothing.
    const isKept = suspends ? [...this.connections].some(({ isAtWork }) => isAtWork) : this.connections.size > 1;
    if (isKept) return refuse('wrong-state', 'Another command is at work with the machines.');
    const suspended = await this.suspendAll(alive);
    if (suspended.ok) setImmediate(() => onRelease(alive));
    return suspended;
  }

  /** All or none. */
  private async suspendAll(machines: readonly VmSummary[]): Promise<Outcome<Release>> {
    const { hypervisor } = this.service;
    const results: [VmSummary, Result<VmSummary>][] = await Promise.all(
      machines.map(async (vm) => [vm, await hypervisor.suspend(vm.id)]),
    );
    const inVain = results.flatMap(([vm, result]) => (result.ok ? [] : [`“${vm.name}”: ${result.error.message}`]));
    if (inVain.length === 0) return succeed({ suspended: machines.map(({ id }) => id) });
    for (const [vm, result] of results) if (result.ok) await hypervisor.start(vm.id);
    const names = namesOf(machines);
    const message = `Machines run without a window (${names}) and cannot be taken over. ${inVain.join(' ')}`;
    return refuse('machine-busy', message, { names });
  }
}

function namesOf(machines: readonly VmSummary[]): string {
  return machines.map(({ name }) => `“${name}”`).join(', ');
}
