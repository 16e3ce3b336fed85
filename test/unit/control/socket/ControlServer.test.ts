import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeControlService } from '../../../../src-main/control/ControlService.ts';
import { ControlClient } from '../../../../src-main/control/socket/ControlClient.ts';
import { ControlServer } from '../../../../src-main/control/socket/ControlServer.ts';
import { refused } from '../../../../src-main/hypervisor/results.ts';
import { Random } from '../../../support/engine/Random.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';
import { sleep, until } from '../../../support/hypervisor/openTestHypervisor.ts';

const onUnix = test.skipIf(process.platform === 'win32');

let folder: string;
let hypervisor: FakeHypervisor;
let server: ControlServer;
let bugs: unknown[];
/** Of each release, the machines that were suspended for it. */
let released: string[][];
const open: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-control-test-'));
  hypervisor = new FakeHypervisor();
  bugs = [];
  released = [];
  server = await startServer();
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const noSamples = { samples: [], read: () => null };
const startServer = (owner: 'window' | 'headless' = 'headless'): Promise<ControlServer> =>
  ControlServer.start(makeControlService(hypervisor, noSamples), {
    folder,
    owner,
    onRelease: (suspended) => released.push(suspended.map(({ name }) => name)),
    log: (_message, error) => bugs.push(error),
  });

function endpoint(): { address: string; token: string } {
  return JSON.parse(readFileSync(path.join(folder, 'control/owner.json'), 'utf8'));
}

async function client(): Promise<ControlClient> {
  const outcome = await ControlClient.connect(folder);
  if (!outcome?.ok) throw new Error(outcome?.problem.message ?? 'nobody listens');
  return outcome.value;
}

interface RawClient {
  readonly socket: Socket;
  readonly said: () => string;
  readonly isClosed: () => boolean;
}

function raw(): RawClient {
  const socket = connect(endpoint().address);
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined).on('close', () => (isClosed = true));
  open.push(socket);
  return { socket, said: () => text, isClosed: () => isClosed };
}

const hello = (): string => `${JSON.stringify({ kind: 'hello', protocol: 1, token: endpoint().token })}\n`;

describe('a client', () => {
  test('calls what the contract declares, and gets the same machines', async () => {
    const control = await client();
    expect(control.owner).toBe('headless');
    const created = await control.call('vm:create', { settings: { name: 'One' } });
    expect(created).toMatchObject({ ok: true, value: { name: 'One', state: 'off' } });
    expect(await control.call('vm:list', undefined)).toMatchObject({ ok: true, value: [{ name: 'One' }] });
    await control.close();
  });

  test('names files by grants, and learns which file a grant names', async () => {
    const control = await client();
    const { token } = await control.grantFile('/programs/primes.asm', 'read');
    const created = await control.call('vm:create', { program: { kind: 'file', token } });
    expect(created).toMatchObject({ ok: true, value: { name: 'primes.asm' } });
    expect(await control.pathOf(token)).toBe('/programs/primes.asm');
    expect(await control.pathOf('made-up')).toBeNull();
    await control.close();
  });

  test('sends bytes', async () => {
    const control = await client();
    const { id } = unwrap(await control.call('vm:create', {}));
    expect(await control.call('vm:serialInput', { id, bytes: Uint8Array.of(0, 10, 200) })).toMatchObject({ ok: true });
    expect(hypervisor.serialSent).toEqual([Uint8Array.of(0, 10, 200)]);
    await control.close();
  });

  test('is refused what the schema refuses, and what is the window’s alone', async () => {
    const control = await client();
    const wrong = await control.call('vm:start', { id: '../../etc' });
    expect(wrong).toMatchObject({ ok: false, problem: { code: 'invalid-message' } });
    const windows = await control.call('app:quit' as 'vm:list', undefined);
    expect(windows).toMatchObject({ ok: false, problem: { code: 'unknown-message' } });
    await control.close();
  });

  test('hears of what other clients do, once it asks', async () => {
    const [one, other] = [await client(), await client()];
    const heard: string[] = [];
    one.on('vm:changed', ({ name, state }) => heard.push(`${name} ${state}`));
    one.on('vm:removed', () => heard.push('removed'));
    const { id } = unwrap(await other.call('vm:create', { settings: { name: 'One' } }));
    await other.call('vm:start', { id });
    await other.call('vm:delete', { id });
    await until(() => heard.includes('removed'), 'all events');
    expect(heard).toEqual(['One off', 'One running', 'One off', 'removed']);
    await one.close();
    await other.close();
  });

  test('follows a serial console, past and present, and is told when the machine goes', async () => {
    const control = await client();
    const { id } = unwrap(await control.call('vm:create', {}));
    hypervisor.serial = new Uint8Array(new TextEncoder().encode('past '));
    let text = '';
    let isOver = false;
    const followed = await control.followSerial(id, {
      onSerial: async ({ bytes }) => void (text += new TextDecoder().decode(bytes)),
      onEnd: () => (isOver = true),
    });
    expect(followed).toMatchObject({ ok: true });
    await until(() => text === 'past ', 'the past');
    for (let count = 0; count < 5; count++) {
      hypervisor.emit('serial-output', { vmId: id, port: 0, bytes: Uint8Array.of(0x30 + count), droppedBytes: 0 });
      await sleep(30);
    }
    await until(() => text === 'past 01234', 'the present');
    await control.call('vm:delete', { id });
    await until(() => isOver, 'the end');
    await control.close();
  });

  test('learns at once that the owner has ended', async () => {
    const control = await client();
    hypervisor.start = () => new Promise(() => undefined);
    const { id } = unwrap(await control.call('vm:create', {}));
    const started = control.call('vm:start', { id });
    await sleep(20);
    await server.close();
    expect(await started).toMatchObject({ ok: false, problem: { code: 'internal' } });
    expect(await control.call('vm:list', undefined)).toMatchObject({ ok: false });
    server = await startServer();
  });

  test('finds nobody where nobody listens, and where a dead owner has left its address', async () => {
    const left = readFileSync(path.join(folder, 'control/owner.json'));
    await server.close();
    expect(await ControlClient.connect(folder)).toBeUndefined();
    writeFileSync(path.join(folder, 'control/owner.json'), left);
    expect(await ControlClient.connect(folder)).toBeUndefined();
    writeFileSync(path.join(folder, 'control/owner.json'), 'nonsense');
    expect(await ControlClient.connect(folder)).toBeUndefined();
    server = await startServer();
    await (await client()).close();
  });
});

describe('the store', () => {
  test('is given back by a headless owner that runs nothing, and by no other', async () => {
    const control = await client();
    const { id } = unwrap(await control.call('vm:create', { settings: { name: 'Busy' } }));
    await control.call('vm:start', { id });
    expect(await control.release()).toMatchObject({
      ok: false,
      problem: { message: 'Machines run without a window: “Busy”. Stop them first (vivarium stop NAME).' },
    });
    await control.call('vm:powerOff', { id });
    const another = await client();
    expect(await control.release()).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
    await another.close();
    await until(() => server.clients === 1, 'alone');
    expect(await control.release()).toMatchObject({ ok: true });
    await until(() => released.length === 1, 'the release');
    await control.close();

    await server.close();
    server = await startServer('window');
    const other = await client();
    expect(await other.release({ suspends: true })).toMatchObject({ ok: false, problem: { code: 'machine-busy' } });
    await other.close();
  });

  test('is given back with its machines suspended to one who goes on with them, though others look on', async () => {
    const looker = await client();
    const control = await client();
    const { id } = unwrap(await control.call('vm:create', { settings: { name: 'Busy' } }));
    unwrap(await control.call('vm:create', { settings: { name: 'Off' } }));
    await control.call('vm:start', { id });
    expect(await control.release({ suspends: true })).toEqual({ ok: true, value: { suspended: [id] } });
    await until(() => released.length === 1, 'the release');
    expect(released).toEqual([['Busy']]);
    expect(hypervisor.get(id)).toMatchObject({ state: 'off', isSuspended: true });
    await Promise.all([looker.close(), control.close()]);
  });

  test('stays with its owner when one of its machines cannot be suspended, and the others go on', async () => {
    const control = await client();
    const ids: string[] = [];
    for (const name of ['Good', 'Stubborn']) {
      const { id } = unwrap(await control.call('vm:create', { settings: { name } }));
      await control.call('vm:start', { id });
      ids.push(id);
    }
    const { suspend } = hypervisor;
    hypervisor.suspend = (id) =>
      id === ids[1] ? Promise.resolve(refused('snapshot-refused', 'There is no room for it.')) : suspend(id);
    expect(await control.release({ suspends: true })).toMatchObject({
      ok: false,
      problem: { code: 'machine-busy', message: expect.stringContaining('“Stubborn”: There is no room for it.') },
    });
    expect(ids.map((id) => hypervisor.get(id)?.state)).toEqual(['running', 'running']);
    expect(released).toEqual([]);
    await control.close();
  });
});

describe('permissions', () => {
  onUnix('are the owner’s alone', () => {
    const mode = (file: string): number => statSync(path.join(folder, file)).mode & 0o777;
    expect([mode('control'), mode('control/owner.json'), mode('control/socket')]).toEqual([0o700, 0o600, 0o600]);
  });

  onUnix('hold where the store’s path is too long for a socket', async () => {
    await server.close();
    const short = folder;
    folder = path.join(short, 'deep'.repeat(30));
    server = await startServer();
    const { address } = endpoint();
    expect(statSync(path.dirname(address)).mode & 0o777).toBe(0o700);
    await (await client()).close();
    await server.close();
    expect(existsSync(path.dirname(address))).toBe(false);
    folder = short;
    server = await startServer();
  });

  test('are not enough: who does not know the token is let go', async () => {
    const stranger = raw();
    stranger.socket.write('{"kind":"hello","protocol":1,"token":"guess"}\n{"kind":"call","id":1,"name":"vm:list"}\n');
    await until(stranger.isClosed, 'hung up');
    expect(stranger.said()).toContain('Only the user who runs Vivarium');
    expect(stranger.said()).not.toContain('answer');
  });

  test('another version of the protocol is refused in words', async () => {
    const newer = raw();
    newer.socket.write(hello().replace('"protocol":1', '"protocol":99'));
    await until(newer.isClosed, 'hung up');
    expect(newer.said()).toContain('version 99 of the protocol');
  });
});

describe('hostile and broken clients', () => {
  afterEach(async () => {
    // Whatever was said, the next client is served.
    const control = await client();
    expect(await control.call('vm:list', undefined)).toMatchObject({ ok: true });
    await control.close();
    expect(bugs).toEqual([]);
  });

  test.each([
    ['no JSON', 'GET / HTTP/1.1\n', 'not a line of JSON'],
    ['text that is none', Buffer.from([0xff, 0xfe, 10]), 'not a line of JSON'],
    ['another message', '{"kind":"dance"}\n', 'makes no sense'],
    ['a call without a number', '{"kind":"call","name":"vm:list"}\n', 'makes no sense'],
    ['a list', '[]\n', 'makes no sense'],
    ['an empty line', '\n', 'not a line of JSON'],
    ['a nest of lists', `${'['.repeat(300_000)}\n`, 'not a line of JSON'],
    ['a line without end', 'a'.repeat(1024 * 1024 + 1), 'longer than 1048576 bytes'],
  ])('%s is refused with a message', async (_what, said, answer) => {
    for (const isKnown of [false, true]) {
      const hostile = raw();
      if (isKnown) hostile.socket.write(hello());
      hostile.socket.write(said);
      await until(hostile.isClosed, 'hung up');
      expect(hostile.said()).toContain('"refused"');
      if (isKnown) expect(hostile.said()).toContain(answer);
    }
  });

  test('random bytes, with and without a proper beginning', async () => {
    const random = new Random(20_261_123);
    for (let round = 0; round < 200; round++) {
      const hostile = raw();
      const bytes = Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256)));
      if (round % 2 === 1) hostile.socket.write(hello());
      hostile.socket.end(bytes);
    }
    await until(() => server.clients === 0, 'all of them gone');
  });

  test('changed messages: a byte wrong, cut off, or doubled', async () => {
    const random = new Random(7);
    const good = [
      '{"kind":"call","id":1,"name":"vm:list"}',
      '{"kind":"call","id":2,"name":"vm:create","input":{"settings":{"name":"x"}}}',
      '{"kind":"grant","id":3,"path":"/tmp/x","access":"read"}',
      '{"kind":"open","id":4,"stream":1,"name":"stream:machine","parameters":{"id":"vm-1","parts":["serial"]}}',
      '{"kind":"up","stream":1,"message":{"kind":"ack","sequence":1}}',
      '{"kind":"call","id":5,"name":"vm:serialInput","input":{"id":"vm-1","bytes":{"$bytes":"AAAA"}}}',
    ];
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(good[random.below(good.length)] ?? '');
      const at = random.below(bytes.length);
      const kind = random.below(3);
      if (kind === 0) bytes[at] = random.below(256);
      const changed = kind === 1 ? bytes.subarray(0, at) : kind === 2 ? Buffer.concat([bytes, bytes]) : bytes;
      const hostile = raw();
      hostile.socket.write(hello());
      hostile.socket.end(Buffer.concat([changed, Buffer.from('\n')]));
    }
    await until(() => server.clients === 0, 'all of them gone');
  });

  test('a message that comes byte by byte is heeded', async () => {
    const slow = raw();
    for (const character of `${hello()}{"kind":"call","id":9,"name":"vm:list"}\n`) {
      slow.socket.write(character);
      await new Promise(setImmediate);
    }
    await until(() => slow.said().includes('"id":9'), 'the answer');
  });

  test('half a message and nothing more holds nobody up', async () => {
    const half = raw();
    half.socket.write(`${hello()}{"kind":"call","id":1,`);
    await until(() => half.said().includes('hello'), 'greeted');
    const control = await client();
    expect(await control.call('vm:list', undefined)).toMatchObject({ ok: true });
    await control.close();
    expect(half.isClosed()).toBe(false);
  });

  test('who asks and never reads is made to wait, and then let go', async () => {
    const deaf = await client();
    for (let count = 0; count < 100; count++)
      unwrap(await deaf.call('vm:create', { settings: { notes: 'n'.repeat(20_000) } }));
    await deaf.close();
    const hostile = raw();
    hostile.socket.pause();
    hostile.socket.write(hello());
    for (let id = 0; id < 200; id++) hostile.socket.write(`{"kind":"call","id":${id},"name":"vm:list"}\n`);
    await sleep(200);
    const control = await client();
    expect(await control.call('vm:list', undefined)).toMatchObject({ ok: true });
    await control.close();
    hostile.socket.destroy();
    await until(() => server.clients === 0, 'gone');
  });

  test('calls that never end do not pile up beyond a bound', async () => {
    let underWay = 0;
    const { start } = hypervisor;
    const waiting: (() => void)[] = [];
    hypervisor.start = (id) => {
      underWay++;
      return new Promise((resolve) => waiting.push(() => resolve(start(id))));
    };
    const eager = raw();
    eager.socket.write(hello());
    const control = await client();
    const { id } = unwrap(await control.call('vm:create', {}));
    for (let call = 0; call < 100; call++)
      eager.socket.write(`{"kind":"call","id":${call},"name":"vm:start","input":{"id":"${id}"}}\n`);
    await until(() => underWay === 16, 'sixteen calls');
    await sleep(50);
    expect(underWay).toBe(16);
    while (underWay < 100) {
      waiting.splice(0).forEach((resume) => resume());
      await sleep(1);
    }
    waiting.forEach((resume) => resume());
    await until(() => eager.said().includes('"id":99,'), 'the last answer');
    await control.close();
  });
});

function unwrap<Value>(outcome: { readonly ok: true; readonly value: Value } | { readonly ok: false }): Value {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome));
}
