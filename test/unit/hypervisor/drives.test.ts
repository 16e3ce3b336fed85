import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { VmDrive, VmSummary } from '../../../src-main/hypervisor/types.ts';
import { until, unwrap } from '../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../support/hypervisor/realHypervisor.ts';
import { ATA, ATA_READY, ataCommand } from '../../support/machine/pcAssembly.ts';
import { numberedSectors } from '../../support/machine/testMedium.ts';

/** Reads the first word of the first disk's sector 7 into BX, and then fills the sector with 5Ah. */
const DISK_PROGRAM = `bits 16
org 100h
${ataCommand(ATA.readSectors, 7)}
in ax, dx
mov bx, ax
mov cx, 255
skip: in ax, dx
loop skip
${ataCommand(ATA.writeSectors, 7)}
mov ax, 5a5ah
mov cx, 256
fill: out dx, ax
loop fill
cli
hlt
${ATA_READY}`;

const opened = realHypervisor();

async function disk(name = 'disk.img', sectors = 64): Promise<string> {
  const file = path.join(opened.folder, name);
  await writeFile(file, numberedSectors(sectors));
  return file;
}

const create = (drives: readonly VmDrive[], text = 'bits 16\norg 100h\nagain: jmp again'): Promise<VmSummary> =>
  opened.create(text, { memoryMiB: 1, drives });

async function firstBytesAfterRun(access: VmDrive['access']): Promise<{ ebx: number; byte: number | undefined }> {
  const file = await disk();
  const { id } = await create([{ slot: 'hda', path: file, access }], DISK_PROGRAM);
  unwrap(await opened.hypervisor.start(id));
  await until(() => opened.hypervisor.get(id)?.activity === 'stopped', 'halted');
  const ebx = opened.register(id, 'ebx');
  await opened.hypervisor.powerOff(id);
  return { ebx, byte: (await readFile(file))[7 * 512] };
}

test('a guest reads its disk and writes it', async () => {
  expect(await firstBytesAfterRun('read-write')).toEqual({ ebx: 7, byte: 0x5a });
});

test('what a drive does is counted, for its light', async () => {
  const { id } = await create([{ slot: 'hda', path: await disk(), access: 'overlay' }], DISK_PROGRAM);
  expect(opened.hypervisor.console.deviceActivity(id)).toBeUndefined();
  unwrap(await opened.hypervisor.start(id));
  await until(() => opened.hypervisor.get(id)?.activity === 'stopped', 'halted');
  const drives = opened.hypervisor.console.deviceActivity(id)?.drives;
  expect(drives?.hda).toEqual({ reads: 1, writes: 1 });
  expect(drives?.cdrom).toEqual({ reads: 0, writes: 0 });
});

test('a machine is refused drives that its kind does not have', async () => {
  const drives = [{ slot: 'floppy', path: await disk('floppy.img', 2880), access: 'read-write' }] as const;
  const made = await opened.hypervisor.create({ profile: 'micro', drives });
  expect(made).toMatchObject({ ok: false, error: { code: 'invalid', field: 'drives' } });
  const pc = unwrap(await opened.hypervisor.create({ drives }));
  expect(pc).toMatchObject({ name: 'floppy', profile: 'pc' });
  expect(await opened.hypervisor.update(pc.id, { profile: 'micro' })).toMatchObject({ ok: false });
});

test('with an overlay the file stays as it is', async () => {
  expect(await firstBytesAfterRun('overlay')).toEqual({ ebx: 7, byte: 7 });
});

test('a machine does not start with an image that cannot be used, and says why', async () => {
  const { id } = await create([{ slot: 'hda', path: path.join(opened.folder, 'gone.img'), access: 'read-write' }]);
  const started = await opened.hypervisor.start(id);
  expect(started).toMatchObject({ ok: false, error: { code: 'drive-refused' } });
  expect(started.ok ? '' : started.error.message).toContain('gone.img cannot be opened: there is no such file');
  expect(opened.hypervisor.get(id)?.state).toBe('off');
});

test('drives are kept with the machine', async () => {
  const file = await disk();
  const { id } = await create([{ slot: 'hda', path: file, access: 'overlay' }]);
  await opened.reopen();
  expect(opened.hypervisor.get(id)?.drives).toEqual([{ slot: 'hda', path: file, access: 'overlay' }]);
});

test('diskettes and discs are changed while the machine runs, and when it is off', async () => {
  const file = await disk('floppy.img', 2880);
  const { id } = await create([]);
  unwrap(await opened.hypervisor.start(id));
  const changed = unwrap(await opened.hypervisor.changeMedium(id, 'floppy', { path: file, access: 'read-write' }));
  expect(changed.drives).toEqual([{ slot: 'floppy', path: file, access: 'read-write' }]);
  const refused = await opened.hypervisor.changeMedium(id, 'cdrom', {
    path: path.join(opened.folder, 'gone.iso'),
    access: 'read-only',
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'drive-refused' } });
  expect(unwrap(await opened.hypervisor.changeMedium(id, 'floppy', null)).drives).toEqual([]);
  unwrap(await opened.hypervisor.powerOff(id));
  expect(
    unwrap(await opened.hypervisor.changeMedium(id, 'cdrom', { path: file, access: 'read-only' })).drives,
  ).toHaveLength(1);
});

test('two machines do not write one image', async () => {
  const file = await disk();
  const first = await create([{ slot: 'hda', path: file, access: 'read-write' }]);
  const second = await create([{ slot: 'hda', path: path.join(opened.folder, '.', 'disk.img'), access: 'overlay' }]);
  unwrap(await opened.hypervisor.start(first.id));
  const refused = await opened.hypervisor.start(second.id);
  expect(refused.ok ? '' : refused.error.message).toContain('disk.img is in use by');
  unwrap(await opened.hypervisor.powerOff(first.id));
  unwrap(await opened.hypervisor.start(second.id));
  expect((await stat(file)).size).toBe(64 * 512);
});

test('drives change only while the machine is off', async () => {
  const { id } = await create([]);
  unwrap(await opened.hypervisor.start(id));
  expect(await opened.hypervisor.update(id, { drives: [] })).toMatchObject({
    ok: false,
    error: { code: 'wrong-state' },
  });
});
