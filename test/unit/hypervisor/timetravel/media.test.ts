import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../../../src-main/cli/commandLine.ts';
import type { TimeLine, VmDrive } from '../../../../src-main/hypervisor/types.ts';
import { TestTerminal } from '../../../support/cli/TestTerminal.ts';
import { sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Reads the diskette's first sector again and again; EBX is its first byte, or 100h without a diskette. */
const READER = `bits 16
org 100h
       sti
again: mov ax, 201h
       mov bx, buffer
       mov cx, 1
       mov dx, 0
       int 13h
       mov ebx, 100h
       jc failed
       movzx ebx, byte [buffer]
failed: inc dword [9000h]
       mov ax, 0
       mov dx, 0
       int 13h
       jmp again
buffer: times 512 db 0`;

/** Writes a count to the diskette's second sector, again and again; EBP is the count that was written. */
const WRITER = `bits 16
org 100h
       sti
       mov ebp, 0
again: mov ax, bp
       inc ax
       mov [buffer], al
       mov ax, 301h
       mov bx, buffer
       mov cx, 2
       mov dx, 0
       int 13h
       jc again
       inc ebp
       mov cx, 0
delay: loop delay
       jmp again
buffer: times 512 db 0`;

const opened = realHypervisor();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-media-'));
});
afterEach(() => rm(folder, { recursive: true }));

const { register } = opened;

/** A diskette of 1.44 MB, full of one byte. */
async function diskette(byte: number): Promise<string> {
  const file = path.join(folder, `${byte}.img`);
  await writeFile(file, new Uint8Array(1_474_560).fill(byte));
  return file;
}

const put = async (id: string, file: string | null, access: VmDrive['access'] = 'overlay'): Promise<void> =>
  void unwrap(await opened.hypervisor.changeMedium(id, 'floppy', file === null ? null : { path: file, access }));
const inside = (id: string): string | undefined => opened.hypervisor.get(id)?.drives[0]?.path;
const retired = (id: string): number => opened.hypervisor.registers(id)?.retiredInstructions ?? 0;
const digest = async (id: string): Promise<string> => unwrap(await opened.hypervisor.memoryDigest(id));
async function timeLine(id: string): Promise<TimeLine> {
  const line = unwrap(await opened.hypervisor.time.timeLine(id));
  if (line === null) throw new Error('the machine cannot go back');
  return line;
}

/** Runs until the guest reads this, and pauses. */
async function runUntilRead(id: string, byte: number): Promise<readonly [place: number, digest: string]> {
  unwrap(await opened.hypervisor.resume(id));
  await until(() => register(id, 'ebx') === byte, `${byte} is read`);
  await sleep(50);
  unwrap(await opened.hypervisor.pause(id));
  return [retired(id), await digest(id)];
}

/** Paused, after it has read from one diskette, another one, and none. */
async function readerOfTwo(access?: VmDrive['access']): Promise<{
  readonly id: string;
  readonly files: readonly [string, string];
  readonly places: readonly (readonly [place: number, digest: string])[];
}> {
  const files = [await diskette(0x11), await diskette(0x22)] as const;
  const { id } = await opened.create(READER, { clock: 'instructions', drives: [{ slot: 'floppy', path: files[0], access: 'overlay' }] }); // prettier-ignore
  unwrap(await opened.hypervisor.start(id, { paused: true }));
  const places = [await runUntilRead(id, 0x11)];
  await put(id, files[1], access);
  places.push(await runUntilRead(id, 0x22));
  await put(id, null);
  places.push(await runUntilRead(id, 0x100));
  return { id, files, places };
}

describe('a diskette that was changed', () => {
  test.each(['overlay', 'read-only', 'read-write'] as const)(
    'lies in its drive again where it did (%s)',
    async (access) => {
      const { hypervisor } = opened;
      const { id, files, places } = await readerOfTwo(access);
      expect(await timeLine(id)).toMatchObject({ beginning: 'power-on', earliest: { instructions: 0 } });
      expect((await timeLine(id)).inputs.map(({ kind }) => kind)).toEqual(['medium', 'medium']);
      const media = [...files, undefined];
      for (const which of [1, 0, 2, 0, 1, 2]) {
        const [place, then] = places[which] ?? [0, ''];
        unwrap(await hypervisor.time.goTo(id, place));
        expect([retired(id), await digest(id)]).toEqual([place, then]);
        await until(() => inside(id) === media[which], 'main knows of the medium');
      }
    },
  );

  test('comes again when the machine runs on from its past', async () => {
    const { hypervisor } = opened;
    const { id, files, places } = await readerOfTwo();
    const [last, then] = places[2] ?? [0, ''];
    unwrap(await hypervisor.time.goTo(id, places[0]?.[0] ?? 0));
    await until(() => inside(id) === files[0], 'the first diskette');
    unwrap(await hypervisor.resume(id));
    await until(() => retired(id) > last, 'the present');
    unwrap(await hypervisor.pause(id));
    await until(() => inside(id) === undefined, 'no diskette');
    unwrap(await hypervisor.time.goTo(id, last));
    expect(await digest(id)).toBe(then);
  });

  test.each(['overlay', 'read-write'] as const)('is part of a recording, which replays alike (%s)', async (access) => {
    const { id } = await readerOfTwo(access);
    const file = path.join(folder, 'run.recording');
    unwrap(await opened.hypervisor.time.saveRecording(id, file));
    const terminal = new TestTerminal();
    expect([await runCommandLine(['replay', file, '--json'], terminal), terminal.complaints]).toEqual([0, []]);
    expect(terminal.output).toContain('"reason":"until"');
    expect(await runCommandLine(['replay', file, '--at', '1000'], new TestTerminal())).toBe(0);
  });

  test('begins the history anew when somebody has changed it meanwhile', async () => {
    const { hypervisor } = opened;
    const { id, files, places } = await readerOfTwo();
    await writeFile(files[1], new Uint8Array(1_474_560).fill(0x33));
    const last = places[2]?.[0] ?? 0;
    unwrap(await hypervisor.time.goTo(id, places[0]?.[0] ?? 0));
    expect(retired(id)).toBe(last);
    expect(await timeLine(id)).toMatchObject({ beginning: 'medium', earliest: { instructions: last } });
    expect(await hypervisor.time.saveRecording(id, path.join(folder, 'a'))).toMatchObject({ ok: false });
  });

  test('begins the history anew when another machine is to write it', async () => {
    const { hypervisor } = opened;
    const { id, files } = await readerOfTwo();
    const other = await opened.start('bits 16\nagain: jmp again');
    await put(other, files[1], 'read-only');
    expect((await timeLine(id)).beginning).toBe('power-on');
    await put(other, null);
    await put(other, files[1], 'read-write');
    expect((await timeLine(id)).beginning).toBe('medium');
    expect(hypervisor.get(other)?.drives).toHaveLength(1);
  });

  test('holds what it held before the guest wrote to it, and what was written when the machine comes back', async () => {
    const { hypervisor } = opened;
    const file = await diskette(0);
    const { id } = await opened.create(WRITER, { clock: 'instructions' });
    const written = async (): Promise<number> => (await readFile(file))[512] ?? 0;
    unwrap(await hypervisor.start(id));
    await until(() => retired(id) > 1000, 'some time without');
    await put(id, file, 'read-write');
    await until(() => register(id, 'ebp') > 3, 'some writes');
    await put(id, null);
    unwrap(await hypervisor.pause(id));
    const [late, count] = [retired(id), await written()];
    expect(count).toBeGreaterThan(0);
    unwrap(await hypervisor.time.goTo(id, 10));
    expect([await written(), inside(id)]).toEqual([0, undefined]);
    unwrap(await hypervisor.time.goTo(id, late));
    expect(await written()).toBe(count);
    expect(await hypervisor.time.saveRecording(id, path.join(folder, 'a'))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(`it has written to ${file}`) },
    });
    // The same diskette once more: it is the one that has been written to.
    await put(id, file, 'read-write');
    unwrap(await hypervisor.resume(id));
    await until(() => register(id, 'ebp') > count + 3, 'more writes');
    unwrap(await hypervisor.pause(id));
    unwrap(await hypervisor.time.goTo(id, late));
    expect(await written()).toBe(count);
    unwrap(await hypervisor.time.goTo(id, 10));
    expect(await written()).toBe(0);
  });
});

test('a machine that is powered off in its past keeps the medium that lay there', async () => {
  const { hypervisor } = opened;
  const { id, files, places } = await readerOfTwo();
  unwrap(await hypervisor.time.goTo(id, places[1]?.[0] ?? 0));
  unwrap(await hypervisor.powerOff(id));
  await opened.reopen();
  expect(opened.hypervisor.get(id)?.drives).toMatchObject([{ slot: 'floppy', path: files[1] }]);
});
