import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GdbServers } from '../../../src-main/control/GdbServers.ts';
import type { GdbServer } from '../../../src-preload/contract/gdb.ts';
import { realHypervisor } from '../../support/hypervisor/realHypervisor.ts';

const isGdbInstalled = spawnSync('gdb', ['--version']).status === 0;
if (!isGdbInstalled) console.warn('gdb is not installed: its scripted sessions are skipped.');

const COUNTING = `bits 16
org 0x7c00
mov cx, 100
again: inc word [0x9000]
dec cx
jnz again
cli
hlt
`;
const SPIN = 'bits 16\norg 0x7c00\nagain: inc bx\njmp again\n';

const machines = realHypervisor();
let servers: GdbServers;
let changes: (GdbServer | null)[];
let folder: string;

beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'vivarium gdb '))));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  changes = [];
  servers = new GdbServers(machines.hypervisor, (_, server) => changes.push(server));
});

async function open(id: string): Promise<GdbServer> {
  const opened = await servers.open(id, null);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
}

/** What gdb prints, started as the window says to start it. */
async function debugWith({ command, port }: GdbServer, commands: string): Promise<string> {
  const script = path.join(folder, `script ${port}.gdb`);
  writeFileSync(script, `set confirm off\nset pagination off\nset width 0\n${commands}`);
  const gdb = spawn(`${command.replace(/^gdb /, 'gdb -nx -nh -batch ')} -x "${script}"`, { shell: true });
  let text = '';
  for (const stream of [gdb.stdout, gdb.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => gdb.on('close', resolve));
  return text;
}

describe.skipIf(!isGdbInstalled)('gdb and a machine of the store', { timeout: 90_000 }, () => {
  test('stops it, steps it, and leaves it running when it detaches', async () => {
    const id = await machines.start(SPIN);
    const text = await debugWith(await open(id), 'stepi\nstepi\ninfo registers ebx\nx/i $pc\ndetach\n');
    expect(text).toMatch(/^ebx +0x/m);
    expect(text).toMatch(/=> 0x7c0[01]/);
    expect(text).toContain('[Inferior 1 (Remote target) detached]');
    await expect.poll(() => machines.hypervisor.get(id)).toMatchObject({ state: 'running', isDebugged: false });
    expect(changes.map((each) => each?.isAttached)).toEqual([false, true, false]);
  });

  test('of several, each at its own port', async () => {
    const [one, other] = [await machines.start(SPIN), await machines.start(SPIN)];
    const [first, second] = [await open(one), await open(other)];
    expect(first.port).not.toBe(second.port);
    const texts = await Promise.all([
      debugWith(first, 'set $ebx = 0x11\nstepi\nmonitor info registers\n'),
      debugWith(second, 'set $ebx = 0x22000000\nstepi\nmonitor info registers\n'),
    ]);
    expect(texts[0]).toMatch(/ebx 0000001[12]/);
    expect(texts[1]).toMatch(/ebx 2200000[01]/);
  });

  test('goes back and forth in its past, past what it has written itself', async () => {
    const { id } = await machines.create(COUNTING, { clock: 'instructions' });
    await machines.hypervisor.start(id, { paused: true });
    const text = await debugWith(
      await open(id),
      `
break *0x7c07
continue
continue
set var *(short *)0x9000 = 500
continue
p *(short *)0x9000
reverse-continue
p *(short *)0x9000
reverse-continue
p *(short *)0x9000
continue
continue
p *(short *)0x9000
reverse-stepi
p/x $pc
delete
continue
`,
    );
    const values = [...text.matchAll(/^\$\d+ = (\S+)$/gm)].map(([, value]) => value);
    expect(values).toEqual(['501', '500', '1', '501', '0x7c03']);
    expect(text).toContain('HLT that nothing can wake');
  });

  test('ends it with kill', async () => {
    const id = await machines.start(SPIN);
    await debugWith(await open(id), 'stepi\nkill\n');
    await expect.poll(() => machines.hypervisor.get(id)?.state).toBe('off');
    expect(servers.status(id)).toBeNull();
  });

  test('is let go when its server is closed, and the machine runs on', async () => {
    const id = await machines.start(SPIN);
    const session = debugWith(await open(id), 'stepi\nshell sleep 3\nstepi\n');
    await expect.poll(() => machines.hypervisor.get(id)?.isDebugged, { timeout: 30_000 }).toBe(true);
    servers.close(id);
    expect(await session).toMatch(/Remote connection closed|Remote communication error|not being run/);
    await expect.poll(() => machines.hypervisor.get(id)).toMatchObject({ state: 'running', isDebugged: false });
  });
});

describe('the servers of machines', { timeout: 60_000 }, () => {
  test('refuse a machine that is off', async () => {
    const { id } = await machines.create(SPIN);
    expect(await servers.open(id, null)).toMatchObject({ ok: false, problem: { text: 'machine-off' } });
  });

  test('refuse a port that is taken, by its name in the window’s language', async () => {
    const [one, other] = [await machines.start(SPIN), await machines.start(SPIN)];
    const { port } = await open(one);
    expect(await servers.open(other, port)).toMatchObject({ ok: false, problem: { text: 'gdb-port-taken', values: { port } } }); // prettier-ignore
  });

  test('end when their machine is powered off', async () => {
    const id = await machines.start(SPIN);
    await open(id);
    await machines.hypervisor.powerOff(id);
    expect(servers.status(id)).toBeNull();
    expect(changes.at(-1)).toBeNull();
  });
});
