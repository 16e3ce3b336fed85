import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GdbServer, type GdbServerOptions } from '../../../../src-main/debug/gdb/GdbServer.ts';
import { GdbSession } from '../../../../src-main/debug/gdb/GdbSession.ts';
import { MachineDebugger } from '../../../../src-main/debug/gdb/MachineDebugger.ts';
import { framed } from '../../../../src-main/debug/gdb/packets.ts';
import { debugMachine } from '../../../../src-main/hypervisor/timetravel/debugMachine.ts';
import { assembledMachine } from '../../../support/machine/assembledMachine.ts';

let server: GdbServer;
let debug: MachineDebugger;
let notices: string[];
const sockets: Socket[] = [];

function options(): Omit<GdbServerOptions, 'port'> {
  // Connections of the test before may end later.
  const told = notices;
  return {
    connect: (link) => new GdbSession(debug, link),
    onAttached: () => told.push('attached'),
    onDetached: (how) => told.push(how),
    onTurnedAway: (who) => told.push(who),
  };
}

beforeEach(async () => {
  debug = new MachineDebugger(debugMachine(await assembledMachine('nop\nhlt', { memoryBytes: 0x10_0000 }), undefined));
  notices = [];
  server = await GdbServer.listen({ ...options(), port: 0 });
});

afterEach(() => {
  server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function dial(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function answer(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1');
}

describe('the gdb server', () => {
  test('answers a gdb', async () => {
    const socket = await dial();
    socket.write(framed('qC'));
    expect(await answer(socket)).toMatch(/^\+/);
  });

  test('turns a second gdb away and keeps the first', async () => {
    const first = await dial();
    first.write('+');
    const second = await dial();
    second.write(framed('qC'));
    await once(second, 'close');
    expect(notices).toEqual(['attached', 'second']);
    first.write(framed('qC'));
    expect(await answer(first)).toMatch(/^\+/);
  });

  test('is not held up by a connection that says nothing', async () => {
    await dial();
    const socket = await dial();
    socket.write(framed('qC'));
    expect(await answer(socket)).toMatch(/^\+/);
  });

  test('turns away what a browser sends', async () => {
    const socket = await dial();
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\n\r\n$vKill;1#6e');
    await once(socket, 'close');
    expect(notices).toEqual(['stranger']);
    expect(debug.isKilled).toBe(false);
  });

  test('takes the next gdb when one has gone without a word, and the machine stands still meanwhile', async () => {
    const first = await dial();
    first.write(framed('?'));
    await answer(first);
    first.destroy();
    await expect.poll(() => notices, { timeout: 15_000 }).toEqual(['attached', 'lost']);
    expect(debug.isHeld).toBe(true);
    const second = await dial();
    second.write(framed('?'));
    expect(await answer(second)).toMatch(/^\+/);
  });

  test('listens on this computer alone', async () => {
    // Were it on all interfaces, this address of the same computer would answer as well.
    const socket = connect(server.port, '127.0.0.2');
    sockets.push(socket);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('says so when its port is taken', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const attempt = GdbServer.listen({ ...options(), port });
    await expect(attempt).rejects.toThrow(
      `port ${port} is in use by another program; choose another, or 0 for any that is free.`,
    );
    other.close();
  });
});
