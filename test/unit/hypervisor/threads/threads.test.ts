import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CrashReport, SerialOutput, VcpuTimes, VmState } from '../../../../src-main/hypervisor/types.ts';
import { bundleDoubleThread } from '../../../support/hypervisor/bundle.ts';
import { openTestHypervisor, sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import type { TestHypervisor } from '../../../support/hypervisor/openTestHypervisor.ts';

let threadEntry: string;
let test1: TestHypervisor;

beforeAll(async () => {
  threadEntry = await bundleDoubleThread();
});
beforeEach(async () => {
  test1 = await openTestHypervisor(threadEntry, { scheduler: { pcpuCount: 1 } });
});
afterEach(() => test1.dispose());

const stateOf = (id: string): VmState | undefined => test1.hypervisor.get(id)?.state;
const timesOf = (id: string): VcpuTimes => {
  const times = test1.hypervisor.statistics().vms.find(({ vmId }) => vmId === id)?.vcpus[0];
  if (times === undefined) throw new Error(`no statistics of ${id}`);
  return times;
};
/** How long it has held a pCPU; and how long of that the host ran it. */
const runMs = (id: string): number => timesOf(id).runMs;
const receivedMs = (id: string): number => timesOf(id).runMs - timesOf(id).stolenMs;

describe('life cycle', () => {
  test('start, pause, step, resume, reset, power off; every transition is an event', async () => {
    const { hypervisor } = test1;
    const seen: string[] = [];
    hypervisor.on('vm-state', ({ from, to }) => seen.push(`${from}>${to}`));
    const { id, state } = await test1.run('loop');
    expect(state).toBe('running');
    expect(unwrap(await hypervisor.pause(id))).toMatchObject({ state: 'paused', pauseReason: { kind: 'user' } });
    const before = hypervisor.registers(id)?.retiredInstructions ?? 0;
    expect(unwrap(await hypervisor.step(id))).toMatchObject({ state: 'paused', pauseReason: { kind: 'step' } });
    expect(hypervisor.registers(id)?.retiredInstructions).toBe(before + 1);
    expect(unwrap(await hypervisor.resume(id)).state).toBe('running');
    expect(unwrap(await hypervisor.reset(id)).state).toBe('running');
    expect(unwrap(await hypervisor.powerOff(id))).toMatchObject({ state: 'off', activity: 'none' });
    expect(seen).toEqual(['off>starting', 'starting>running', 'running>paused', 'paused>running', 'running>off']);
  });

  test('a command in the wrong state is refused with what to do', async () => {
    const { id } = await test1.run('loop');
    const refused = await test1.hypervisor.resume(id);
    expect(refused).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    expect(await test1.hypervisor.delete(id)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('Power it off first') },
    });
  });

  test('what is being deleted starts no more, not even where the start was asked for first', async () => {
    const { hypervisor } = test1;
    const { id } = await test1.run('triple-fault');
    await until(() => stateOf(id) === 'crashed', 'the crash');
    const seen: string[] = [];
    hypervisor.on('vm-state', ({ from, to }) => seen.push(`${from}>${to}`));
    const [reset, deleted, started, renamed, deletedAgain] = await Promise.all([
      hypervisor.reset(id),
      hypervisor.delete(id),
      hypervisor.start(id),
      hypervisor.update(id, { name: 'late' }),
      hypervisor.delete(id),
    ]);
    expect(deleted.ok).toBe(true);
    for (const late of [reset, started, renamed, deletedAgain])
      expect(late).toMatchObject({ ok: false, error: { message: expect.stringContaining('is being deleted') } });
    expect(seen).toEqual(['crashed>off']);
    expect(hypervisor.statistics().vms).toEqual([]);
  });

  test('a machine that cannot be deleted obeys again', async () => {
    const { hypervisor, folder } = test1;
    const { id } = unwrap(await hypervisor.create({ memoryMiB: 1 }));
    await rm(path.join(folder, 'machines', id), { recursive: true });
    expect(await hypervisor.delete(id)).toMatchObject({ ok: false, error: { code: 'storage-failed' } });
    expect(unwrap(await hypervisor.start(id)).state).toBe('running');
  });

  test('a deletion is taken back, to the place where the machine was, and it starts', async () => {
    const { hypervisor } = test1;
    const { id } = unwrap(await hypervisor.create({ name: 'first', memoryMiB: 1 }));
    await sleep(2);
    unwrap(await hypervisor.create({ name: 'second', memoryMiB: 1 }));
    const seen: string[] = [];
    hypervisor.on('vm-removed', () => seen.push('removed'));
    hypervisor.on('vm-added', ({ name, state }) => seen.push(`added ${name} ${state}`));
    unwrap(await hypervisor.delete(id, { isUndoable: true }));
    expect(hypervisor.list().map(({ name }) => name)).toEqual(['second']);
    unwrap(await hypervisor.undelete(id));
    expect(hypervisor.list().map(({ name }) => name)).toEqual(['first', 'second']);
    expect(seen).toEqual(['removed', 'added first off']);
    expect(unwrap(await hypervisor.start(id)).state).toBe('running');
    expect(await hypervisor.undelete(id)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  test('started paused, it has run nothing', async () => {
    const { hypervisor } = test1;
    const { id } = unwrap(await hypervisor.create({ memoryMiB: 1 }));
    const started = unwrap(await hypervisor.start(id, { paused: true }));
    expect(started).toMatchObject({ state: 'paused', pauseReason: { kind: 'started-paused' } });
    expect(hypervisor.registers(id)?.retiredInstructions).toBe(0);
  });

  test('a paused machine leaves the run queue', async () => {
    const { id } = await test1.run('loop');
    await test1.hypervisor.pause(id);
    await sleep(60);
    const before = runMs(id);
    await sleep(150);
    expect(runMs(id)).toBe(before);
  });

  test('the guest switches itself off', async () => {
    const { id } = await test1.run('power-off');
    await until(() => stateOf(id) === 'off', 'off');
  });

  test('a halted machine is running, and stopped for good', async () => {
    const { id } = await test1.run('halt');
    await until(() => test1.hypervisor.get(id)?.activity === 'stopped', 'stopped');
    expect(stateOf(id)).toBe('running');
    expect(unwrap(await test1.hypervisor.reset(id)).state).toBe('running');
  });
});

describe('a thread that dies', () => {
  test.each<{ behaviour: string; kind: CrashReport['kind'] }>([
    { behaviour: 'throw', kind: 'engine-error' },
    { behaviour: 'trap', kind: 'engine-error' },
    { behaviour: 'exit', kind: 'thread-died' },
    { behaviour: 'exhaust', kind: 'out-of-memory' },
    { behaviour: 'triple-fault', kind: 'triple-fault' },
  ])(
    'by $behaviour crashes its machine and nothing else',
    async ({ behaviour, kind }) => {
      const neighbour = await test1.run('loop');
      const { id } = await test1.run(behaviour);
      await until(() => stateOf(id) === 'crashed', 'crashed', 60_000);
      // A heap at its limit may take so long to give up that the watchdog comes first.
      const kinds = kind === 'out-of-memory' ? [kind, 'thread-hung'] : [kind];
      expect(kinds).toContain(test1.hypervisor.get(id)?.crash?.kind);
      // The only pCPU has been given back.
      const before = runMs(neighbour.id);
      await until(() => runMs(neighbour.id) > before + 100, 'the neighbour runs');
      expect(unwrap(await test1.hypervisor.powerOff(id)).state).toBe('off');
    },
    60_000,
  );

  test('its memory can still be read, and a reset starts it anew', async () => {
    const { id } = await test1.run('loop');
    unwrap(await test1.hypervisor.writeMemory(id, 0x1000, Uint8Array.of(1, 2, 3)));
    expect(test1.hypervisor.readMemory(id, 0x1000, 3)).toEqual(Uint8Array.of(1, 2, 3));
    // What a fatal error inside the thread looks like from main.
    const crashed = new Promise((resolve) =>
      test1.hypervisor.on('vm-state', ({ to }) => to === 'crashed' && resolve(to)),
    );
    await test1.hypervisor.setProgram(id, {
      kind: 'bytes',
      bytes: new TextEncoder().encode('exit'),
      fileName: 'exit',
      format: 'bin',
    });
    await test1.hypervisor.reset(id);
    await crashed;
    expect(test1.hypervisor.readMemory(id, 0x1000, 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(unwrap(await test1.hypervisor.reset(id)).state).toMatch(/running|crashed/);
  });

  test('one that hangs is reported, its pCPU goes to others, and it obeys a power-off', async () => {
    const { hypervisor } = test1;
    const neighbour = await test1.run('loop');
    const { id } = await test1.run('hang');
    await until(() => hypervisor.get(id)?.activity === 'silent', 'reported', 15_000);
    const before = runMs(neighbour.id);
    await until(() => runMs(neighbour.id) > before + 200, 'the neighbour runs');
    expect(hypervisor.get(id)).toMatchObject({ state: 'running', activity: 'silent' });
    expect(unwrap(await hypervisor.powerOff(id)).state).toBe('off');
  }, 30_000);

  test('one that hangs for long is ended, and a reset starts it anew', async () => {
    const { hypervisor } = test1;
    const { id } = await test1.run('hang');
    await until(() => stateOf(id) === 'crashed', 'crashed', 40_000);
    expect(hypervisor.get(id)?.crash?.kind).toBe('thread-hung');
    expect(unwrap(await hypervisor.reset(id))).toMatchObject({ state: 'running', crash: null });
  }, 60_000);

  test('one that does not answer is reset by a thread of its own', async () => {
    const { hypervisor } = test1;
    const { id } = await test1.run('doze 60000');
    await until(() => hypervisor.get(id)?.activity === 'silent', 'reported', 15_000);
    expect(unwrap(await hypervisor.reset(id))).toMatchObject({ state: 'running', activity: 'busy' });
  }, 30_000);

  test('one that comes back after a while goes on as if nothing had been', async () => {
    const { hypervisor } = test1;
    const seen: string[] = [];
    const { id } = await test1.run('doze 4000');
    hypervisor.on('vm-changed', (vm) => vm.id === id && vm.activity !== seen.at(-1) && seen.push(vm.activity));
    await until(() => seen.includes('silent'), 'reported', 15_000);
    await until(() => hypervisor.get(id)?.activity === 'busy', 'back', 15_000);
    const before = runMs(id);
    await until(() => runMs(id) > before + 100, 'it runs');
    expect(unwrap(await hypervisor.pause(id)).state).toBe('paused');
  }, 40_000);

  test('frames for one that does not take them are lost instead of waiting without end', async () => {
    const { hypervisor } = test1;
    const network = { kind: 'segment', name: 'one' } as const;
    const { id } = await test1.run('hang', { network });
    await test1.run('chatter', { network });
    const before = process.memoryUsage.rss();
    await sleep(2000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
    await hypervisor.powerOff(id);
  }, 30_000);

  test('threads ended at random moments never stop the others', async () => {
    const neighbour = await test1.run('loop');
    for (let round = 0; round < 25; round++) {
      const { id } = await test1.run('nap 0.2 0.2');
      await sleep(Math.random() * 10);
      await test1.hypervisor.powerOff(id);
    }
    const before = runMs(neighbour.id);
    await until(() => runMs(neighbour.id) > before + 150, 'the neighbour runs');
  }, 60_000);
});

describe('output and input', () => {
  test('serial bytes come out as they went in', async () => {
    const { id } = await test1.run('echo');
    unwrap(test1.hypervisor.console.sendSerial(id, new TextEncoder().encode('hello')));
    await until(() => test1.hypervisor.console.serialHistory(id).length === 5, 'echo');
    expect(new TextDecoder().decode(test1.hypervisor.console.serialHistory(id))).toBe('hello');
  });

  test('a flood waits for main instead of filling memory, and nothing is lost', async () => {
    let received = 0;
    test1.hypervisor.on('serial-output', ({ bytes, droppedBytes }: SerialOutput) => {
      received += bytes.length;
      expect(droppedBytes).toBe(0);
    });
    const { id } = await test1.run('flood');
    const before = process.memoryUsage().rss;
    // Main does not look for a while.
    const end = performance.now() + 700;
    while (performance.now() < end);
    expect(process.memoryUsage().rss - before).toBeLessThan(40e6);
    await sleep(200);
    expect(received).toBeGreaterThan(1e6);
    expect(test1.hypervisor.console.serialHistory(id).length).toBe(256 * 1024);
  });
});

describe('scheduling', () => {
  test('a halted machine uses no host time', async () => {
    const { id } = await test1.run('halt');
    await until(() => test1.hypervisor.get(id)?.activity === 'stopped', 'it has halted');
    // What its start has left to do is not its own.
    await sleep(100);
    const before = { ranMs: runMs(id), atMs: performance.now(), cpu: process.cpuUsage() };
    await sleep(1000);
    const used = process.cpuUsage(before.cpu);
    // A busy host is late to end the second.
    expect((used.user + used.system) / 1000 / (performance.now() - before.atMs)).toBeLessThan(0.15);
    expect(runMs(id)).toBe(before.ranMs);
  });

  test('a cap binds though the host is idle, and can be taken back', async () => {
    const { id } = await test1.run('loop', { capPercent: 20 });
    await sleep(200);
    const before = receivedMs(id);
    await sleep(1500);
    // On a host that gives it less than that, the cap has nothing to do.
    expect((receivedMs(id) - before) / 1500).toBeLessThan(0.25);
    await test1.hypervisor.update(id, { capPercent: 0 });
    const free = runMs(id);
    await sleep(500);
    expect(runMs(id) - free).toBeGreaterThan(350);
  });

  test('what the network’s thread does for a machine is done in that machine’s time', async () => {
    // With a pCPU for each, it would be done beside them both.
    const machines = [
      await test1.run('loop'),
      await test1.run('chatter', { network: { kind: 'segment', name: 'lab' } }),
      await test1.run('halt', { network: { kind: 'segment', name: 'lab' } }),
    ];
    await sleep(500);
    const received = (): number => machines.reduce((sum, { id }) => sum + receivedMs(id), 0);
    const before = { cpu: process.cpuUsage(), received: received() };
    await sleep(2000);
    const { user, system } = process.cpuUsage(before.cpu);
    expect((user + system) / 1000 / (received() - before.received)).toBeLessThan(1.2);
  });

  test('the trace tells who ran where, without overlaps', async () => {
    const first = await test1.run('loop');
    const second = await test1.run('loop', { weight: 300 });
    await sleep(500);
    const { slices, lost } = test1.hypervisor.scheduleTrace();
    expect(lost).toBe(0);
    expect(new Set(slices.map(({ vmId }) => vmId))).toEqual(new Set([first.id, second.id]));
    for (let index = 1; index < slices.length; index++)
      expect(slices[index].startMs).toBeGreaterThanOrEqual(slices[index - 1].endMs);
  });
});
