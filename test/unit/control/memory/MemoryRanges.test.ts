import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileGrants } from '../../../../src-main/control/files/FileGrants.ts';
import { MachineSymbols } from '../../../../src-main/control/symbols/MachineSymbols.ts';
import { Breakpoints } from '../../../../src-main/debug/Breakpoints.ts';
import { Debugging } from '../../../../src-main/control/Debugging.ts';
import { MemoryRanges } from '../../../../src-main/control/memory/MemoryRanges.ts';
import type { Outcome } from '../../../../src-preload/contract/Outcome.ts';
import type { MemoryPlace } from '../../../../src-preload/contract/memory.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';

const MIB = 2 ** 20;
let folder: string;
let file: string;
let grants: FileGrants;
let hypervisor: FakeHypervisor;
let ranges: MemoryRanges;
let ram: Uint8Array;
let id: string;
const at = (address: number, space: MemoryPlace['space'] = 'physical'): MemoryPlace => ({
  id,
  vcpu: 0,
  space,
  address,
});

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'memory-'));
  file = path.join(folder, 'memory.bin');
  grants = new FileGrants();
  hypervisor = new FakeHypervisor();
  const symbols = new MachineSymbols(hypervisor);
  ranges = new MemoryRanges(
    hypervisor,
    new Debugging(hypervisor, new Breakpoints({}, () => undefined), symbols),
    grants,
  );
  const created = await hypervisor.create({});
  id = created.ok ? created.value.id : '';
  ram = Uint8Array.from({ length: 3 * MIB }, (_, index) => (index * 7) & 0xff);
  hypervisor.memory.set(id, ram);
  await hypervisor.start(id, { paused: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = (place: MemoryPlace, length: number): Promise<Outcome<unknown>> =>
  ranges.save(place, length, grants.grant(file, 'write').token);
const load = (place: MemoryPlace): Promise<Outcome<unknown>> => ranges.load(place, grants.grant(file, 'read').token);

describe('filling a range', () => {
  test('repeats the pattern and cuts it at the end', async () => {
    expect(await ranges.fill(at(0x10), 5, Uint8Array.of(1, 2))).toMatchObject({ ok: true });
    expect([...ram.slice(0x0f, 0x16)]).toEqual([(0x0f * 7) & 0xff, 1, 2, 1, 2, 1, (0x15 * 7) & 0xff]);
  });

  test('is refused beyond the end of memory, and changes nothing', async () => {
    const before = ram.slice();
    const outcome = await ranges.fill(at(3 * MIB - 4), 5, Uint8Array.of(1));
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'invalid-value', text: 'memory-absent' } });
    expect(Buffer.compare(ram, before)).toBe(0);
  });
});

describe('saving a range', () => {
  test('writes its bytes as they are', async () => {
    const outcome = await save(at(0x123), 2 * MIB + 5);
    expect(outcome).toMatchObject({ ok: true, value: { name: 'memory.bin' } });
    expect(Buffer.compare(readFileSync(file), ram.subarray(0x123, 2 * MIB + 0x128))).toBe(0);
  });

  test('that is no memory is refused, and makes no file', async () => {
    expect(await save(at(0), 4 * MIB)).toMatchObject({ ok: false, problem: { text: 'memory-absent' } });
    expect(await save(at(0, 'linear'), 17 * MIB)).toMatchObject({
      ok: false,
      problem: { text: 'memory-linear-most' },
    });
    expect(existsSync(file)).toBe(false);
  });

  test('says when the file cannot be written', async () => {
    file = path.join(folder, 'nowhere', 'memory.bin');
    expect(await save(at(0), 16)).toMatchObject({
      ok: false,
      problem: { code: 'file-unwritable', values: { name: 'memory.bin', reason: 'there is no such file' } },
    });
  });

  test('leaves no half of a file when the machine is powered off meanwhile', async () => {
    const readMemory = hypervisor.readMemory;
    hypervisor.readMemory = (machine, address, length) =>
      address === MIB ? undefined : readMemory(machine, address, length);
    expect(await save(at(0), 2 * MIB)).toMatchObject({ ok: false, problem: { text: 'machine-off' } });
    expect(existsSync(file)).toBe(false);
  });

  test('to a file that nobody has granted is refused', async () => {
    const problem = { code: 'access-not-granted' };
    expect(await ranges.save(at(0), 16, 'guessed')).toMatchObject({ ok: false, problem });
    const { token } = grants.grant(file, 'read');
    expect(await ranges.save(at(0), 16, token)).toMatchObject({ ok: false, problem });
    expect(await ranges.load(at(0), 'guessed')).toMatchObject({ ok: false, problem });
  });
});

describe('loading a file', () => {
  test('writes it at the address', async () => {
    writeFileSync(file, 'quartz');
    expect(await load(at(0x2000))).toEqual({ ok: true, value: { name: 'memory.bin', byteLength: 6 } });
    expect(Buffer.from(ram.slice(0x2000, 0x2006)).toString()).toBe('quartz');
  });

  test.each([
    { what: 'an empty file', content: new Uint8Array(0), code: 'invalid-value', text: 'memory-file-empty' },
    {
      what: 'more than 16 MiB',
      content: new Uint8Array(16 * MIB + 1),
      code: 'file-too-large',
      text: 'memory-file-too-large',
    },
    {
      what: 'more than the machine has',
      content: new Uint8Array(4 * MIB),
      code: 'invalid-value',
      text: 'memory-absent',
    },
    { what: 'what is not there', content: null, code: 'file-unreadable', text: 'memory-file-unreadable' },
  ])('$what is refused', async ({ content, code, text }) => {
    if (content) writeFileSync(file, content);
    expect(await load(at(0))).toMatchObject({ ok: false, problem: { code, text } });
  });
});
