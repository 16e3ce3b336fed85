import { beforeEach, describe, expect, test } from 'vitest';
import { Breakpoints } from '../../../src-main/debug/Breakpoints.ts';
import { FileGrants } from '../../../src-main/control/files/FileGrants.ts';
import { ProgramSources } from '../../../src-main/control/files/ProgramSources.ts';
import { Machines } from '../../../src-main/control/Machines.ts';
import { codeBreakpoint } from '../../support/hypervisor/codeBreakpoint.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let grants: FileGrants;
let breakpoints: Breakpoints;
let machines: Machines;
let recent: string[];

beforeEach(() => {
  hypervisor = new FakeHypervisor();
  grants = new FileGrants();
  breakpoints = new Breakpoints({}, () => undefined);
  recent = [];
  const samples = {
    samples: [],
    read: (id: string) => (id === 'hello' ? { fileName: 'hello.asm', bytes: Uint8Array.of(0xf4) } : null),
  };
  const recentFiles = { add: (path: string) => recent.push(path) };
  machines = new Machines(
    hypervisor,
    grants,
    new ProgramSources(grants, samples),
    recentFiles,
    breakpoints,
    () => 'none',
  );
});

describe('drives', () => {
  test('hold what the user has chosen, and the window sees tokens instead of paths', async () => {
    const { token } = grants.grant('/images/disk.qcow2', 'read');
    const created = await machines.create({}, undefined, undefined, false, [{ slot: 'hda', token, access: 'overlay' }]);
    const drive = { slot: 'hda', access: 'overlay', problem: null, file: { token, name: 'disk.qcow2' } };
    expect(created).toMatchObject({ ok: true, value: { drives: [drive] } });
    expect([...hypervisor.vms.values()][0]?.drives).toEqual([
      { slot: 'hda', path: '/images/disk.qcow2', access: 'overlay' },
    ]);
  });

  test('take nothing that nobody chose', async () => {
    const choice = { slot: 'hda', token: 'made-up', access: 'overlay' } as const;
    expect(await machines.create({}, undefined, undefined, false, [choice])).toMatchObject({
      ok: false,
      problem: { code: 'access-not-granted' },
    });
    expect(await machines.changeMedium('vm-1', 'floppy', choice)).toMatchObject({ ok: false });
  });
});

test('a deletion that can be taken back gives back the machine with its breakpoints', async () => {
  const created = await machines.create({ name: 'first' });
  const id = created.ok ? created.value.id : '';
  breakpoints.set(id, 0x7c00, true);
  await machines.start(id);
  expect(await machines.delete(id, { isUndoable: true })).toMatchObject({ ok: true });
  expect([machines.list(), breakpoints.list(id)]).toEqual([[], []]);
  expect(await machines.undelete(id)).toMatchObject({ ok: true, value: { name: 'first', state: 'off' } });
  expect(breakpoints.list(id)).toHaveLength(1);
  await machines.delete(id);
  expect(await machines.undelete(id)).toMatchObject({ ok: false });
});

describe('creating a machine', () => {
  test('from a file that the user chose', async () => {
    const { token } = grants.grant('/programs/primes.asm', 'read');
    const created = await machines.create({}, { kind: 'file', token }, { format: 'asm' }, true);
    expect(created).toMatchObject({ ok: true, value: { name: 'primes.asm', state: 'running' } });
    expect([...hypervisor.programs.values()]).toEqual([{ kind: 'file', path: '/programs/primes.asm', format: 'asm' }]);
    expect(recent).toEqual(['/programs/primes.asm']);
  });

  test('from a token that nobody gave is refused', async () => {
    const created = await machines.create({}, { kind: 'file', token: 'made-up' });
    expect(created).toMatchObject({ ok: false, problem: { code: 'access-not-granted' } });
    expect(hypervisor.vms.size).toBe(0);
  });

  test('from a sample and from an unknown one', async () => {
    expect(await machines.create({}, { kind: 'sample', sampleId: 'hello' })).toMatchObject({ ok: true });
    expect(await machines.create({}, { kind: 'sample', sampleId: 'nope' })).toMatchObject({ ok: false });
  });

  test('a refused program says so with its places, and is not remembered', async () => {
    const { token } = grants.grant('/programs/bad.asm', 'read');
    hypervisor.refusal = {
      ok: false,
      error: {
        code: 'program-refused',
        message: 'bad.asm: line 2: no such instruction',
        problems: [{ message: 'no such instruction', line: 2, column: 1, severity: 'error' }],
      },
    };
    const created = await machines.create({}, { kind: 'file', token });
    expect(created).toMatchObject({ ok: false, problem: { code: 'bad-program', diagnostics: [{ line: 2 }] } });
    expect(recent).toEqual([]);
  });

  test('whose first start is refused was never there', async () => {
    hypervisor.startRefusal = { ok: false, error: { code: 'out-of-memory', message: 'The host has no memory left.' } };
    expect(await machines.create({}, undefined, undefined, true)).toMatchObject({ ok: false });
    expect(hypervisor.vms.size).toBe(0);
  });

  test('that is powered off while it starts is kept', async () => {
    hypervisor.startRefusal = { ok: false, error: { code: 'wrong-state', message: 'It was powered off.' } };
    expect(await machines.create({}, undefined, undefined, true)).toMatchObject({ ok: true });
    expect(hypervisor.vms.size).toBe(1);
  });

  test('shows the window no path of this computer', async () => {
    const { token } = grants.grant('/home/someone/secret/primes.asm', 'read');
    const created = await machines.create({}, { kind: 'file', token });
    expect(JSON.stringify(created)).not.toContain('secret');
  });
});

describe('starting a machine', () => {
  test('with breakpoints kept from before: they are in place before its first instruction', async () => {
    const created = await machines.create({});
    const id = created.ok ? created.value.id : '';
    breakpoints.set(id, 0x7c10, true);
    breakpoints.set(id, 0x7c20, false);
    expect(await machines.start(id)).toMatchObject({ ok: true, value: { state: 'running' } });
    expect(hypervisor.setBreakpointsCalls).toEqual([{ id, breakpoints: [codeBreakpoint(0x7c10)], state: 'paused' }]);
  });
});

describe('deleting a machine', () => {
  test('that runs powers it off first', async () => {
    const created = await machines.create({});
    const id = created.ok ? created.value.id : '';
    await machines.start(id);
    expect(await machines.delete(id)).toEqual({ ok: true, value: undefined });
    expect(hypervisor.vms.size).toBe(0);
  });

  test('that is gone says so', async () => {
    expect(await machines.delete('vm-9')).toMatchObject({ ok: false, problem: { code: 'machine-not-found' } });
  });
});
