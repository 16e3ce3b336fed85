import { createServer, type Server, type Socket } from 'node:net';
import type { DebugLink, DebugSession } from '../../machine/debugging/DebuggedMachine.ts';

const LOOPBACK = '127.0.0.1';
/** What a gdb's first byte may be: an acknowledgement, a packet, or Ctrl-C. */
const OPENINGS = new Set([0x2b, 0x2d, 0x24, 0x03]);

/** A port that cannot be listened at: one sentence for the user. */
export class GdbPortError extends Error {
  readonly problem: 'taken' | 'reserved' | 'unusable';

  constructor(problem: GdbPortError['problem'], message: string) {
    super(message);
    this.name = 'GdbPortError';
    this.problem = problem;
  }
}

/** Whose connection was not taken: that of a gdb beside the one that is connected, or of somebody who is no gdb. */
export type TurnedAway = 'second' | 'stranger';

/** `left`: either side has taken leave; `lost`: the connection is gone. */
export type Detachment = 'left' | 'lost';

export interface GdbServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** A gdb has come: whoever speaks with it is returned. */
  connect(link: DebugLink): Pick<DebugSession, 'receive' | 'lost'>;
  onAttached(): void;
  onDetached(how: Detachment): void;
  onTurnedAway(who: TurnedAway): void;
}

/** What the user types into gdb. */
export function invitationTo(port: number): string {
  return `target remote localhost:${port}`;
}

type GdbConnection = ReturnType<GdbServerOptions['connect']>;

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
      server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, options.port)));
      server.listen({ port: options.port, host: LOOPBACK, exclusive: true }, () => {
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : options.port;
        resolve(new GdbServer(options, server, port));
      });
    });
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
    let session: GdbConnection | undefined;
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
      session.lost();
      this.release('lost');
    });
  }

  private admit(socket: Socket, firstByte: number | undefined): GdbConnection | undefined {
    // A page in a browser can make it send requests to any local port; none begins like a packet.
    const isGdb = firstByte !== undefined && OPENINGS.has(firstByte);
    if (isGdb && this.driver === undefined) {
      this.driver = socket;
      this.options.onAttached();
      return this.open(socket);
    }
    this.options.onTurnedAway(isGdb ? 'second' : 'stranger');
    socket.destroy();
    return undefined;
  }

  private open(socket: Socket): GdbConnection {
    return this.options.connect({
      write: (bytes) => void (socket.writable && socket.write(bytes)),
      close: () => {
        socket.end();
        // Whoever takes leave may come back before its connection is taken down.
        if (this.driver === socket) this.release('left');
      },
    });
  }

  private release(how: Detachment): void {
    this.driver = undefined;
    this.options.onDetached(how);
  }
}

function explain(error: NodeJS.ErrnoException, port: number): GdbPortError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new GdbPortError(
        'taken',
        `port ${port} is in use by another program; choose another, or 0 for any that is free.`,
      );
    case 'EACCES':
      return new GdbPortError('reserved', `port ${port} is reserved for administrators; choose one above 1023.`);
    default:
      return new GdbPortError('unusable', `port ${port} cannot be listened at: ${error.message}.`);
  }
}
