import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parseTraceFilter } from '../../../../src-main/debug/parseTraceFilter.ts';
import { unknownMachine } from '../../../../src-main/hypervisor/MachineRegistry.ts';
import { done, refused } from '../../../../src-main/hypervisor/results.ts';
import { MachineTraces } from '../../../../src-main/hypervisor/traces/MachineTraces.ts';
import type { TraceRequest, VmTrace } from '../../../../src-main/hypervisor/types.ts';
import type { VirtualMachine } from '../../../../src-main/hypervisor/VirtualMachine.ts';
import { unwrap, until } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';

const machines = realHypervisor();
const MEBIBYTE = 2 ** 20;
/** Calls an interrupt of its own for ever. */
const STORM = `bits 16
org 100h
xor ax, ax
mov ds, ax
mov word [180h], back
mov [182h], cs
again: int 60h
jmp again
back: iret`;
const FEW = STORM.replace('jmp again', 'cli\nhlt');

function request(file: string, filter = '', mostBytes = 64 * MEBIBYTE): TraceRequest {
  const parsed = parseTraceFilter(filter);
  if (!parsed.ok) throw new Error(parsed.message);
  return { file, filter, events: parsed.events, code: parsed.code, mostBytes };
}

const fileOf = (name = 'trace.txt'): string => path.join(machines.folder, name);
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(1, -1);

describe('a trace of a machine in its thread', { timeout: 60_000 }, () => {
  test('of one that is off begins with its first instruction, and ends when it is switched off', async () => {
    const { hypervisor } = machines;
    const { id } = await machines.create(FEW);
    expect(unwrap(await hypervisor.traces.start(id, request(fileOf())))).toMatchObject({ state: 'recording' });
    unwrap(await hypervisor.start(id));
    await until(() => hypervisor.get(id)?.activity === 'stopped', 'halted');
    unwrap(await hypervisor.powerOff(id));
    await until(() => hypervisor.traces.status(id)?.state === 'stopped', 'ended');
    expect(linesOf(fileOf())).toEqual([expect.stringMatching(/interrupt 0x60, by INT n; it returns to 0x/)]);
    expect(hypervisor.traces.status(id)?.byteLength).toBe(readFileSync(fileOf()).length);
  });

  test('goes on until it is stopped, and all that it has said is in the file then', async () => {
    const { hypervisor } = machines;
    const id = await machines.start(STORM);
    unwrap(await hypervisor.traces.start(id, request(fileOf(), 'interrupt 0x60')));
    await until(() => (hypervisor.traces.status(id)?.byteLength ?? 0) > 10_000, 'lines');
    expect(unwrap(await hypervisor.traces.stop(id))).toMatchObject({ state: 'stopped', problem: null });
    const { length } = readFileSync(fileOf());
    expect(hypervisor.traces.status(id)?.byteLength).toBe(length);
    expect(linesOf(fileOf()).every((line) => line.includes('interrupt 0x60'))).toBe(true);
    expect(hypervisor.get(id)?.state).toBe('running');
    expect(readFileSync(fileOf())).toHaveLength(length);
  });

  test.runIf(existsSync('/proc/self/fd'))(
    'started twice at once ends the one before, and keeps no file of it open',
    async () => {
      const { hypervisor } = machines;
      const id = await machines.start(STORM);
      const [one, other] = [fileOf('one.txt'), fileOf('other.txt')];
      const started = await Promise.all([one, other].map((file) => hypervisor.traces.start(id, request(file))));
      expect(started.map(unwrap)).toMatchObject([{ file: one }, { file: other }]);
      expect(unwrap(await hypervisor.traces.stop(id))).toMatchObject({ file: other, state: 'stopped' });
      const open = readdirSync('/proc/self/fd').map((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
          return null; // the folder's own
        }
      });
      expect(open.filter((file) => file === one || file === other)).toEqual([]);
    },
  );

  test('has each instruction of a piece of code, steps among them', async () => {
    const { hypervisor, register } = machines;
    const { id } = await machines.create('bits 16\norg 100h\ninc ax\ninc ax\nloop $\ncli\nhlt', {
      clock: 'instructions',
    });
    unwrap(await hypervisor.start(id, { paused: true }));
    const start = register(id, 'cs.base') + register(id, 'eip');
    unwrap(await hypervisor.setRegister(id, 0, 'ecx', 3n));
    unwrap(await hypervisor.traces.start(id, request(fileOf(), `code ${start}-${start + 3}`)));
    unwrap(await hypervisor.step(id));
    unwrap(await hypervisor.resume(id));
    await until(() => hypervisor.get(id)?.activity === 'stopped', 'halted');
    unwrap(await hypervisor.traces.stop(id));
    expect(linesOf(fileOf()).map((line) => line.split('  ').at(-1))).toEqual(['inc ax', 'inc ax', ...Array<unknown>(3).fill(expect.stringMatching(/^loop/))]); // prettier-ignore
  });

  test('leaves breakpoints what they are', async () => {
    const { hypervisor } = machines;
    const { id } = await machines.create(STORM);
    unwrap(await hypervisor.start(id, { paused: true }));
    const target = { kind: 'interrupt', vector: 0x60 } as const;
    unwrap(await hypervisor.setBreakpoints(id, [{ id: 1, target, condition: null, ignoreCount: 4 }]));
    unwrap(await hypervisor.traces.start(id, request(fileOf(), 'interrupt any')));
    unwrap(await hypervisor.resume(id));
    await until(() => hypervisor.get(id)?.state === 'paused', 'the breakpoint');
    unwrap(await hypervisor.traces.stop(id));
    expect(hypervisor.get(id)?.pauseReason).toMatchObject({ kind: 'breakpoint', id: 1 });
    expect(linesOf(fileOf())).toHaveLength(5);
  });

  test('ends when it is as large as it may become, and the machine runs on', async () => {
    const { hypervisor } = machines;
    const id = await machines.start(STORM);
    unwrap(await hypervisor.traces.start(id, request(fileOf(), '', MEBIBYTE)));
    await until(() => hypervisor.traces.status(id)?.state === 'full', 'full');
    const { length } = readFileSync(fileOf());
    expect(length).toBeGreaterThan(MEBIBYTE - 200);
    expect(length).toBeLessThanOrEqual(MEBIBYTE);
    expect(hypervisor.get(id)).toMatchObject({ state: 'running', activity: 'busy' });
  });

  test.skipIf(!existsSync('/dev/full'))('tells of a disk that is full, and the machine runs on', async () => {
    const { hypervisor } = machines;
    const id = await machines.start(STORM);
    unwrap(await hypervisor.traces.start(id, request('/dev/full')));
    await until(() => hypervisor.traces.status(id)?.state === 'failed', 'failed');
    expect(hypervisor.traces.status(id)?.problem).toBe(
      'full cannot be written: the disk is full; free some space and try again.',
    );
    const before = hypervisor.registers(id)?.retiredInstructions ?? 0;
    await until(() => (hypervisor.registers(id)?.retiredInstructions ?? 0) > before + 1e6, 'runs on');
  });

  test('without room for a line is full before it begins', async () => {
    const { hypervisor } = machines;
    const id = await machines.start(STORM);
    unwrap(await hypervisor.traces.start(id, request(fileOf(), '', 1)));
    await until(() => hypervisor.traces.status(id)?.state === 'full', 'full');
    expect(readFileSync(fileOf())).toHaveLength(0);
  });

  test('is refused where it would overwrite a drive, another machine’s trace, or nothing at all', async () => {
    const { hypervisor } = machines;
    const disk = fileOf('disk.img');
    writeFileSync(disk, new Uint8Array(65536));
    const { id } = await machines.create(FEW, { drives: [{ slot: 'hda', path: disk, access: 'read-write' }] });
    const { id: other } = await machines.create(FEW);
    expect(await hypervisor.traces.start(id, request(disk))).toMatchObject({ error: { code: 'drive-refused' } });
    unwrap(await hypervisor.traces.start(other, request(fileOf())));
    expect(await hypervisor.traces.start(id, request(fileOf()))).toMatchObject({
      error: { text: { id: 'trace-file-taken' } },
    });
    expect(await hypervisor.traces.start(id, request(fileOf('none/trace.txt')))).toMatchObject({
      error: { message: 'trace.txt cannot be written: there is no such file. Choose another file.' },
    });
    expect(hypervisor.traces.status(id)).toBeNull();
  });
});

describe('traces of machines that answer as they like', () => {
  interface FakeMachine {
    /** As much of one as a trace is about. */
    readonly machine: VirtualMachine;
    readonly post: () => void;
    readonly send: () => void;
    refusal: string | null;
  }

  function fakeMachine(id: string): FakeMachine {
    const [post, send] = [vi.fn(), vi.fn()];
    const fake = {
      post,
      send,
      refusal: null as string | null,
      machine: {
        id,
        state: 'running',
        stored: { drives: [] },
        worker: { hasEnded: false, post },
        send: async (name: string, sent: unknown) => {
          send(name, sent);
          return fake.refusal === null ? done(null) : refused('no-answer', fake.refusal);
        },
      } as unknown as VirtualMachine,
    };
    return fake;
  }

  function tracesOf(...known: readonly VirtualMachine[]): { traces: MachineTraces; told: (VmTrace | null)[] } {
    const told: (VmTrace | null)[] = [];
    const traces = new MachineTraces({
      find: (id) => {
        const machine = known.find((each) => each.id === id);
        return machine ? done(machine) : unknownMachine();
      },
      machines: () => known,
      onChanged: (_, trace) => void told.push(trace),
    });
    return { traces, told };
  }

  test('a trace that the machine’s next thread refuses has failed, and says why', async () => {
    const fake = fakeMachine('a');
    const { traces, told } = tracesOf(fake.machine);
    unwrap(await traces.start('a', request(fileOf())));
    fake.refusal = 'This machine cannot be traced.';
    traces.onThread(fake.machine);
    await until(() => traces.status('a')?.state !== 'recording', 'the end');
    expect(told.at(-1)).toMatchObject({ state: 'failed', problem: 'This machine cannot be traced.' });
    // It may have been too busy to answer, and obey yet.
    expect(fake.post).toHaveBeenCalledWith('trace', null);
  });

  test('the machine’s next thread has the room that is left', async () => {
    const fake = fakeMachine('a');
    const { traces } = tracesOf(fake.machine);
    unwrap(await traces.start('a', request(fileOf(), '', 1000)));
    await traces.onLines('a', new Uint8Array(300));
    void traces.onLines('a', new Uint8Array(200));
    traces.onThread(fake.machine);
    expect(fake.send).toHaveBeenLastCalledWith('trace', expect.objectContaining({ mostBytes: 500 }));
    await traces.close();
  });

  test('of a machine that is deleted nobody hears afterwards but that its trace is gone', async () => {
    const { machine } = fakeMachine('a');
    const { traces, told } = tracesOf(machine);
    unwrap(await traces.start('a', request(fileOf())));
    void traces.onLines('a', new TextEncoder().encode('a line\n'));
    traces.forget('a');
    await traces.close();
    expect(told).toMatchObject([{ state: 'recording' }, null]);
    expect(traces.status('a')).toBeNull();
    expect(readFileSync(fileOf(), 'utf8')).toBe('a line\n');
  });

  test('one file takes the trace of one machine, also when two are started at once', async () => {
    const { traces } = tracesOf(fakeMachine('a').machine, fakeMachine('b').machine);
    const started = await Promise.all(['a', 'b'].map((id) => traces.start(id, request(fileOf()))));
    expect(started).toMatchObject([{ ok: true }, { error: { text: { id: 'trace-file-taken' } } }]);
    await traces.close();
  });
});
