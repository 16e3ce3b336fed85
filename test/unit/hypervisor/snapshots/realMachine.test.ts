import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { VmDrive } from '../../../../src-main/hypervisor/types.ts';
import { sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';
import { ATA, ATA_READY, ataCommand } from '../../../support/machine/pcAssembly.ts';
import { numberedSectors } from '../../../support/machine/testMedium.ts';

// Each starts several threads, which a busy host takes its time for.
vi.setConfig({ testTimeout: 120_000 });

const opened = realHypervisor();

const { start, register } = opened;

const halted = (id: string): Promise<void> =>
  until(() => opened.hypervisor.get(id)?.activity === 'stopped', 'halted', 60_000);

/** All that can be told of a machine that stands still. */
async function digestOf(id: string): Promise<unknown> {
  const { hypervisor } = opened;
  const { values, retiredInstructions } = hypervisor.registers(id) ?? {};
  return { memory: unwrap(await hypervisor.memoryDigest(id)), values, retiredInstructions };
}

/** Counts in memory at 9000h for as long as nobody stops it. */
const COUNTER = 'bits 16\norg 100h\nagain: inc dword [9000h]\njmp again';
const countOf = (id: string): number =>
  new DataView(
    opened.hypervisor.readMemory(id, register(id, 'ds.base') + 0x9000, 4)?.buffer ?? new ArrayBuffer(4),
  ).getUint32(0, true);

test('a restored machine has the console that it had', async () => {
  const { hypervisor } = opened;
  const id = await opened.start('bits 16\norg 100h\nmov dx, 3f8h\nmov al, "a"\nout dx, al\nwait: jmp wait');
  const sent = (): string => new TextDecoder().decode(hypervisor.console.serialHistory(id));
  await until(() => sent() === 'a', 'the first letter');
  const { id: taken } = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
  unwrap(await hypervisor.reset(id));
  await until(() => sent() === 'aa', 'another');
  const restored: string[] = [];
  hypervisor.on('vm-restored', (event) => restored.push(`${event.id} ${sent()}`));
  unwrap(await hypervisor.restoreSnapshot(id, taken));
  expect(restored).toEqual([`${id} a`]);
  unwrap(await hypervisor.suspend(id));
  await opened.reopen();
  unwrap(await opened.hypervisor.start(id));
  expect(new TextDecoder().decode(opened.hypervisor.console.serialHistory(id))).toBe('a');
});

describe('a machine with the instruction clock', () => {
  /** Writes through 1 MiB again and again, with timer interrupts on, and halts. */
  const BUSY = `bits 16
org 100h
mov ax, 3
out 40h, al
xor al, al
out 40h, al
sti
mov cx, 200
round: push cx
mov bx, cx
mov cx, 4000h
mov ax, 3000h
mov es, ax
xor di, di
fill: imul bx, bx, 7919
add bx, 13
mov [es:di], bx
inc di
inc di
loop fill
pop cx
loop round
cli
hlt`;

  test('goes on from each snapshot as if none had been taken, bit for bit', async () => {
    const { hypervisor } = opened;
    const plain = await start(BUSY, { clock: 'instructions' });
    await halted(plain);
    const expected = await digestOf(plain);

    const id = await start(BUSY, { clock: 'instructions' });
    const taken = [];
    for (let count = 0; count < 3; count++) {
      taken.push(unwrap(await hypervisor.takeSnapshot(id, { name: `s${count}` })));
      await sleep(20);
    }
    await halted(id);
    expect(await digestOf(id)).toEqual(expected);
    expect(taken[0]?.instructions).toBeLessThan(hypervisor.registers(id)?.retiredInstructions ?? 0);
    for (const { id: snapshot } of taken) {
      unwrap(await hypervisor.restoreSnapshot(id, snapshot));
      await halted(id);
      expect(await digestOf(id)).toEqual(expected);
    }
  });
});

describe('a snapshot', () => {
  test('of a running machine leaves it running, and restores it running', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    await until(() => countOf(id) > 1000, 'counting');
    const seen: string[] = [];
    hypervisor.on('vm-state', ({ from, to }) => seen.push(`${from}>${to}`));
    const snapshot = unwrap(await hypervisor.takeSnapshot(id, { name: 'counting', notes: 'early' }));
    expect(seen).toEqual(['running>saving', 'saving>running']);
    expect(snapshot).toMatchObject({
      name: 'counting',
      notes: 'early',
      parent: null,
      isPaused: false,
      hasThumbnail: true,
    });
    const later = countOf(id);
    await until(() => countOf(id) > later + 1_000_000, 'counting on');
    const restored = unwrap(await hypervisor.restoreSnapshot(id, snapshot.id, 'pause'));
    expect(restored).toMatchObject({ state: 'paused', pauseReason: { kind: 'restored' } });
    expect(countOf(id)).toBeLessThan(later);
    unwrap(await hypervisor.restoreSnapshot(id, snapshot.id));
    await until(() => hypervisor.get(id)?.state === 'running' && countOf(id) > later + 1000, 'counting again');
  });

  test('of a paused machine restores it paused, into a machine that is off too', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    await until(() => countOf(id) > 1000, 'counting');
    unwrap(await hypervisor.pause(id));
    const before = [countOf(id), register(id, 'eip')];
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'still' }));
    expect(hypervisor.get(id)).toMatchObject({ state: 'paused', pauseReason: { kind: 'user' } });
    unwrap(await hypervisor.powerOff(id));
    expect(unwrap(await hypervisor.restoreSnapshot(id, snapshot)).state).toBe('paused');
    expect([countOf(id), register(id, 'eip')]).toEqual(before);
    unwrap(await hypervisor.resume(id));
    await until(() => countOf(id) > (before[0] ?? 0), 'counting on');
  });

  test('brings the machine back as it was made, whatever it has become since', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    unwrap(await hypervisor.pause(id));
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'small' }));
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.update(id, { memoryMiB: 4, name: 'renamed' }));
    unwrap(
      await hypervisor.setProgram(id, { kind: 'bytes', bytes: Uint8Array.of(0xf4), fileName: 'b', format: 'bin' }),
    );
    unwrap(await hypervisor.start(id));
    const restored = unwrap(await hypervisor.restoreSnapshot(id, snapshot));
    expect(restored).toMatchObject({ memoryMiB: 2, name: 'renamed', program: { fileName: 'a.asm' } });
    expect(unwrap(await hypervisor.reset(id)).state).toBe('paused');
  });

  test('makes a tree: what is taken after a restore comes from what was restored', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    const first = unwrap(await hypervisor.takeSnapshot(id, { name: 'first' }));
    const second = unwrap(await hypervisor.takeSnapshot(id, { name: 'second' }));
    unwrap(await hypervisor.restoreSnapshot(id, first.id));
    const changes: unknown[] = [];
    hypervisor.on('snapshots-changed', ({ current }) => changes.push(current));
    const branch = unwrap(await hypervisor.takeSnapshot(id, { name: 'branch' }));
    expect([second.parent, branch.parent]).toEqual([first.id, first.id]);
    expect(changes).toEqual([branch.id]);
    unwrap(await hypervisor.annotateSnapshot(id, branch.id, { name: 'twig' }));
    unwrap(await hypervisor.deleteSnapshot(id, first.id));
    const { current, entries } = hypervisor.snapshots(id) ?? { current: null, entries: [] };
    expect(current).toBe(branch.id);
    expect(entries.map(({ name, parent }) => [name, parent])).toEqual([
      ['second', null],
      ['twig', null],
    ]);
  });

  test('is refused where there is nothing to keep, and a deleted one where it is asked for', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'gone' }));
    unwrap(await hypervisor.deleteSnapshot(id, snapshot));
    expect(await hypervisor.restoreSnapshot(id, snapshot)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    unwrap(await hypervisor.powerOff(id));
    expect(await hypervisor.takeSnapshot(id, { name: 'none' })).toMatchObject({
      ok: false,
      error: { code: 'wrong-state', message: expect.stringContaining('Start it first') },
    });
  });
});

describe('a machine that is suspended', () => {
  test('goes on where it was, in another process too, and only once', async () => {
    const id = await start(COUNTER);
    await until(() => countOf(id) > 1000, 'counting');
    const suspended = unwrap(await opened.hypervisor.suspend(id));
    expect(suspended).toMatchObject({ state: 'off', isSuspended: true });
    await opened.reopen();
    const { hypervisor } = opened;
    expect(hypervisor.get(id)).toMatchObject({ state: 'off', isSuspended: true });
    expect(hypervisor.snapshots(id)).toEqual({ current: null, entries: [] });
    expect(unwrap(await hypervisor.start(id))).toMatchObject({ isSuspended: false });
    await until(() => hypervisor.get(id)?.state === 'running', 'running');
    expect(countOf(id)).toBeGreaterThan(1000);
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.start(id, { paused: true }));
    expect(countOf(id)).toBe(0);
  });

  test('starts anew once its state is discarded, and is not rebuilt meanwhile', async () => {
    const { hypervisor } = opened;
    const id = await start(COUNTER);
    await until(() => countOf(id) > 1000, 'counting');
    unwrap(await hypervisor.suspend(id));
    expect(await hypervisor.update(id, { memoryMiB: 8 })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('suspended') },
    });
    expect(unwrap(await hypervisor.discardSuspended(id)).isSuspended).toBe(false);
    unwrap(await hypervisor.start(id, { paused: true }));
    expect(countOf(id)).toBe(0);
  });
});

describe('disks', () => {
  /** Waits for a key, fills the first disk's sector 7 with its letter, and puts that at 9000h; again and again. */
  const WRITER = `bits 16
org 100h
again: xor ah, ah
int 16h
mov bl, al
${ataCommand(ATA.writeSectors, 7)}
mov al, bl
mov ah, bl
mov cx, 256
fill: out dx, ax
loop fill
call ata_ready
mov [9000h], bl
jmp again
${ATA_READY}`;
  const written = (id: string): string =>
    String.fromCharCode(opened.hypervisor.readMemory(id, register(id, 'ds.base') + 0x9000, 1)?.[0] ?? 0);

  async function write(id: string, letter: string): Promise<void> {
    unwrap(opened.hypervisor.console.typeText(id, letter));
    await until(() => written(id) === letter, `${letter} written`);
  }

  async function disk(): Promise<string> {
    const file = path.join(opened.folder, 'disk.img');
    await writeFile(file, numberedSectors(64));
    return file;
  }

  const drive = (file: string, access: VmDrive['access']): VmDrive => ({ slot: 'hda', path: file, access });
  const letterOn = async (file: string): Promise<string> =>
    String.fromCharCode((await readFile(file)).subarray(7 * 512)[0] ?? 0);

  test('belong to a snapshot; the image keeps what it held when the first one was taken', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    await write(id, 'a');
    const a = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await write(id, 'b');
    const b = unwrap(await hypervisor.takeSnapshot(id, { name: 'b' }));
    await write(id, 'c');
    expect(await letterOn(file)).toBe('a');
    unwrap(await hypervisor.restoreSnapshot(id, a.id));
    await write(id, 'd');
    unwrap(await hypervisor.restoreSnapshot(id, b.id));
    unwrap(await hypervisor.powerOff(id));
    for (const { id: snapshot } of [a, b]) unwrap(await hypervisor.deleteSnapshot(id, snapshot));
    // Nobody needs layers any more: what the machine goes on with is in the image again.
    expect(await letterOn(file)).toBe('b');
    const stored = await readFile(path.join(opened.folder, 'machines', id, 'machine.json'), 'utf8');
    expect(JSON.parse(stored)).toMatchObject({ machine: { drives: [{ layer: null, base: null }] } });
    expect(await readdir(path.join(opened.folder, 'machines', id, 'disks'))).toEqual([]);
  });

  test('lose nothing when the machine is switched off and on between snapshots', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    await write(id, 'a');
    const a = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await write(id, 'b');
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.start(id));
    await sleep(50);
    unwrap(await hypervisor.takeSnapshot(id, { name: 'b' }));
    unwrap(await hypervisor.deleteSnapshot(id, a.id));
    unwrap(await hypervisor.powerOff(id));
    for (const { id: snapshot } of hypervisor.snapshots(id)?.entries ?? [])
      unwrap(await hypervisor.deleteSnapshot(id, snapshot));
    expect(await letterOn(file)).toBe('b');
  });

  test('with an overlay go back too, and the image never changes', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'overlay')] });
    await write(id, 'a');
    const a = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await write(id, 'b');
    unwrap(await hypervisor.restoreSnapshot(id, a.id));
    await write(id, 'c');
    unwrap(await hypervisor.powerOff(id));
    expect(await readFile(file)).toEqual(Buffer.from(numberedSectors(64)));
  });

  test('are shared with clones until one of the two writes', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    await write(id, 'a');
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await write(id, 'b');
    const branch = unwrap(await hypervisor.clone(id, { name: 'branch', snapshot }));
    expect(branch).toMatchObject({ name: 'branch', state: 'running' });
    expect(hypervisor.snapshots(branch.id)?.entries.map(({ name }) => name)).toEqual(['a']);
    await write(branch.id, 'c');
    expect(await hypervisor.clone(id)).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    unwrap(await hypervisor.powerOff(id));
    const copy = unwrap(await hypervisor.clone(id, { name: 'copy' }));
    unwrap(await hypervisor.start(copy.id));
    await write(copy.id, 'd');
    for (const each of [branch.id, copy.id]) unwrap(await hypervisor.powerOff(each));
    for (const each of [branch.id, copy.id]) {
      for (const taken of hypervisor.snapshots(each)?.entries ?? [])
        unwrap(await hypervisor.deleteSnapshot(each, taken.id));
      unwrap(await hypervisor.delete(each));
    }
    unwrap(await hypervisor.deleteSnapshot(id, snapshot));
    expect(await letterOn(file)).toBe('b');
  });

  test('go with a machine that is exported, and its snapshots are restored where it is imported', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { name: 'writer', drives: [drive(file, 'read-write')] });
    await write(id, 'a');
    unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await write(id, 'b');
    const exported = path.join(opened.folder, 'writer.vivarium');
    const options = { snapshots: true, images: true };
    expect(await hypervisor.exportMachine(id, exported, options)).toMatchObject({
      ok: false,
      error: { code: 'wrong-state', message: expect.stringContaining('Power it off first') },
    });
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.exportMachine(id, exported, options));
    unwrap(await hypervisor.delete(id));
    await writeFile(file, new Uint8Array(64 * 512));

    const imported = unwrap(await hypervisor.importMachine(exported));
    expect(imported).toMatchObject({ name: 'writer', state: 'off' });
    const [taken] = hypervisor.snapshots(imported.id)?.entries ?? [];
    expect(taken?.name).toBe('a');
    unwrap(await hypervisor.restoreSnapshot(imported.id, taken?.id ?? ''));
    await until(() => written(imported.id) === 'a', 'a again');
    await write(imported.id, 'c');
    unwrap(await hypervisor.powerOff(imported.id));
    unwrap(await hypervisor.deleteSnapshot(imported.id, taken?.id ?? ''));
    expect(await letterOn(imported.drives[0]?.path ?? '')).toBe('c');
  });

  test('that somebody else has changed are found out, and nothing is touched', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await writeFile(file, (await readFile(file)).fill(1));
    const refusal = {
      ok: false,
      error: { code: 'drive-refused', message: expect.stringContaining('has been changed') },
    };
    expect(await hypervisor.restoreSnapshot(id, snapshot)).toMatchObject(refusal);
    expect(hypervisor.get(id)?.state).toBe('running');
    unwrap(await hypervisor.powerOff(id));
    expect(await hypervisor.start(id)).toMatchObject(refusal);
    expect(hypervisor.get(id)?.state).toBe('off');
  });

  test('that were copied, and put back, are known by what they hold', async () => {
    const { hypervisor, folder } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    const { id: snapshot } = unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    await until(() => existsSync(path.join(folder, 'images.json')), 'what it holds is known');
    const { atime, mtime } = await stat(file);
    await utimes(file, atime, new Date(mtime.getTime() + 5000));
    unwrap(await hypervisor.restoreSnapshot(id, snapshot));
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.start(id));
  });

  test('that snapshots share cannot be taken out', async () => {
    const { hypervisor } = opened;
    const file = await disk();
    const id = await start(WRITER, { drives: [drive(file, 'read-write')] });
    unwrap(await hypervisor.takeSnapshot(id, { name: 'a' }));
    unwrap(await hypervisor.powerOff(id));
    expect(await hypervisor.update(id, { drives: [] })).toMatchObject({
      ok: false,
      error: { code: 'drive-refused', message: expect.stringContaining('snapshots') },
    });
    expect(unwrap(await hypervisor.update(id, { drives: [drive(file, 'read-write')], memoryMiB: 3 })).memoryMiB).toBe(
      3,
    );
  });
});
