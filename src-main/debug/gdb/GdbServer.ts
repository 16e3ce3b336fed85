import { createServer, type Server, type Socket } from 'node:net';
import type { PhysicalMemory } from '../../engine/mmu/PhysicalMemory.ts';
import { GdbSession } from './GdbSession.ts';
import type { MachineDebugger } from './MachineDebugger.ts';

const LOOPBACK = '127.0.0.1';
/** What a gdb's first byte may be: an acknowledgement, a packet, or Ctrl-C. */
const OPENINGS = new Set([0x2b, 0x2d, 0x24, 0x03]);

/** A port that cannot be listened at: one sentence for the user. */
export class GdbPortError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GdbPortError';
  }
}

export interface GdbServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly debug: MachineDebugger;
  readonly memory: PhysicalMemory;
  /** One line for the user: who has come and gone. */
  readonly notify: (line: string) => void;
}

/** Waits for gdb at a port of this computer alone: whoever connects has the machine in hand. One at a time. */
export class GdbServer {
  readonly port: number;
  private readonly options: GdbServerOptions;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** The gdb that drives the machine. */
  private driver: Socket | undefined;

  private constructor(options: GdbServerOptions, server: Server, port: number) {
    this.options = options;
    this.server = server;
    this.port = port;
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Throws {@link GdbPortError}. */
  static listen(options: GdbServerOptions): Promise<GdbServer> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(new GdbPortError(explain(error, options.port))));
      server.listen({ port: options.port, host: LOOPBACK, exclusive: true }, () => {
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : options.port;
        resolve(new GdbServer(options, server, port));
      });
    });
  }

  /** What the user types into gdb. */
  get invitation(): string {
    return `target remote localhost:${this.port}`;
  }

  /** Stops listening; a gdb that is still connected is let go once it has got what was sent to it. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.end();
    // Whoever does not hang up shall not keep the process.
    for (const socket of this.sockets) socket.unref();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    let session: GdbSession | undefined;
    socket.on('data', (chunk) => {
      // Until it has spoken a connection takes nobody's place.
      if (session === undefined && chunk.length > 0) session = this.admit(socket, chunk[0]);
      session?.receive(chunk);
    });
    // A reset connection is reported here, and closes.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (session === undefined || this.driver !== socket) return;
      this.driver = undefined;
      session.lost();
      const { debug, notify } = this.options;
      if (this.server.listening && debug.isHeld)
        notify(`gdb is gone and the machine stands still; “${this.invitation}” goes on.`);
    });
  }

  private admit(socket: Socket, firstByte: number | undefined): GdbSession | undefined {
    // A page in a browser can make it send requests to any local port; none begins like a packet.
    const isGdb = firstByte !== undefined && OPENINGS.has(firstByte);
    if (isGdb && this.driver === undefined) {
      this.driver = socket;
      return this.open(socket);
    }
    const who = isGdb
      ? 'A second gdb was turned away: one is connected already.'
      : 'Somebody who is no gdb was turned away.';
    this.options.notify(who);
    socket.destroy();
    return undefined;
  }

  private open(socket: Socket): GdbSession {
    const { debug, memory } = this.options;
    return new GdbSession(debug, memory, {
      write: (bytes) => void (socket.writable && socket.write(bytes)),
      close: () => {
        // Whoever takes leave may come back before its connection is taken down.
        this.driver = undefined;
        socket.end();
      },
    });
  }
}

function explain(error: NodeJS.ErrnoException, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} is in use by another program; choose another, or 0 for any that is free.`;
    case 'EACCES':
      return `port ${port} is reserved for administrators; choose one above 1023.`;
    default:
      return `port ${port} cannot be listened at: ${error.message}.`;
  }
}
