import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { generateHandlers } from '../../../../src-main/engine/accelerators/translate/generateHandlers.ts';
import { Hypervisor } from '../../../../src-main/hypervisor/Hypervisor.ts';
import { REGISTER_INDEX } from '../../../../src-main/hypervisor/registers.ts';
import { compileThreadedHandlers } from '../../../../src-main/hypervisor/threadedHandlers.ts';
import { refused } from '../../../../src-main/hypervisor/results.ts';
import { VcpuWorker } from '../../../../src-main/hypervisor/threads/VcpuWorker.ts';
import type { CreateVmRequest, Result, VmDrive } from '../../../../src-main/hypervisor/types.ts';
import { VirtualMachine } from '../../../../src-main/hypervisor/VirtualMachine.ts';
import { bundle, bundleVcpuThread } from '../../../support/hypervisor/bundle.ts';
import {
  openTestHypervisor,
  type TestHypervisor,
  until,
  unwrap,
} from '../../../support/hypervisor/openTestHypervisor.ts';
import { ATA, ATA_READY } from '../../../support/machine/pcAssembly.ts';

vi.setConfig({ testTimeout: 120_000 });

let threadEntry: string;
let victim: string;
let handlers: WebAssembly.Module;
let opened: TestHypervisor;
/** What waits for a checkpoint's time, by how long it wants to wait. */
let waiting: Map<() => void, number>;

const every = (ms: number, action: () => void): (() => void) => {
  waiting.set(action, ms);
  return () => waiting.delete(action);
};

beforeAll(async () => {
  threadEntry = await bundleVcpuThread();
  victim = await bundle(path.resolve('test/support/hypervisor/checkpointVictim.ts'));
  await writeFile(path.join(path.dirname(victim), 'threaded.wasm'), generateHandlers());
  handlers = (await compileThreadedHandlers()).module;
}, 60_000);
beforeEach(async () => {
  waiting = new Map();
  opened = await openTestHypervisor(threadEntry, { handlers, every });
});
afterEach(() => {
  vi.restoreAllMocks();
  return opened.dispose();
});

const COUNTER = 'bits 16\norg 100h\nxor ecx, ecx\nagain: inc ecx\njmp again';

/** Counts until a key is pressed. */
const CRASHING = `bits 16
org 100h
again: inc ecx
in al, 64h
test al, 1
jz again
lidt [no_table]
db 0cch
no_table: dw 0, 0, 0`;

async function counter(request: CreateVmRequest = {}): Promise<string> {
  const bytes = new TextEncoder().encode(COUNTER);
  const program = { kind: 'bytes', bytes, fileName: 'a.asm', format: 'asm' } as const;
  const { id } = unwrap(await opened.hypervisor.create({ memoryMiB: 1, program, checkpointMinutes: 5, ...request }));
  return id;
}

const countOf = (id: string): number => Number(opened.hypervisor.registers(id)?.values[REGISTER_INDEX.ecx]);
const nextOf = (id: string): number => Number(opened.hypervisor.registers(id)?.values[REGISTER_INDEX.ebp]);
const retiredBy = (id: string): number => opened.hypervisor.registers(id)?.retiredInstructions ?? 0;

/** Writes 1, 2, 3, ... to one sector after the other, and begins again at the first; EBP is the next number. */
const SECTORS = 16;
const DISK_WRITER = `bits 16
org 100h
mov ebp, 1
again: mov cx, bp
dec cl
and cl, ${SECTORS - 1}
mov dx, 0x1f6
mov al, 0xe0
out dx, al
mov dx, 0x1f2
mov al, 1
out dx, al
inc dx
mov al, cl
out dx, al
inc dx
xor al, al
out dx, al
inc dx
out dx, al
mov dx, 0x1f7
mov al, ${ATA.writeSectors}
out dx, al
call ata_ready
mov [number], ebp
mov si, number
mov dx, 0x1f0
mov cx, 256
rep outsw
call ata_ready
inc ebp
jmp again
${ATA_READY}
number: dd 0
times 508 db 0`;

async function diskWriter(access: VmDrive['access'], request: CreateVmRequest = {}): Promise<string> {
  const image = path.join(opened.folder, 'disk.img');
  await writeFile(image, new Uint8Array(1 << 20));
  const program = { kind: 'bytes', bytes: new TextEncoder().encode(DISK_WRITER), fileName: 'a.asm', format: 'asm' } as const; // prettier-ignore
  return counter({ program, drives: [{ slot: 'hda', path: image, access }], ...request });
}

/** What the sectors hold that it writes. */
function numbersOn(image: Uint8Array): number[] {
  const view = new DataView(image.buffer, image.byteOffset);
  return Array.from({ length: SECTORS }, (_, sector) => view.getUint32(512 * sector, true));
}

/** The last numbers before `next` are there; that one may be. */
function isWrittenUpTo(numbers: readonly number[], next: number): boolean {
  return numbers.every((number, sector) => {
    const last = next - 1 - ((next - 2 - sector) % SECTORS);
    return number === Math.max(0, last) || (number === next && sector === (next - 1) % SECTORS);
  });
}

const layersOf = (id: string): Promise<string[]> =>
  readdir(path.join(opened.folder, 'machines', id, 'disks')).catch(() => []);

/** It is time for a checkpoint; resolves when there is none under way. */
async function minutesPass(id: string): Promise<void> {
  for (const action of waiting.keys()) action();
  await until(() => opened.hypervisor.get(id)?.state !== 'saving', 'captured');
  // Behind it in the machine's turn.
  await opened.hypervisor.annotateSnapshot(id, 'sn-0000000000000000', {});
}

/** What of a machine's snapshots lies in the store. */
async function storedKinds(id: string): Promise<readonly string[]> {
  const text = await readFile(path.join(opened.folder, 'machines', id, 'snapshots.json'), 'utf8');
  const { snapshots } = JSON.parse(text) as { snapshots: { entries: { kind: string }[] } };
  return snapshots.entries.map(({ kind }) => kind);
}

async function reopen(): Promise<Hypervisor> {
  const { folder, dispose } = opened;
  const hypervisor = unwrap(await Hypervisor.open({ folder, threadEntry, handlers, every, stepOverEnd: () => null }));
  opened = { ...opened, hypervisor, dispose: () => hypervisor.dispose().then(dispose) };
  return hypervisor;
}

describe('a machine that keeps checkpoints', () => {
  test('has the last one alone, which is none of its owner’s snapshots', async () => {
    const { hypervisor } = opened;
    const id = await counter();
    unwrap(await hypervisor.start(id));
    expect([...waiting.values()]).toEqual([5 * 60_000]);
    await minutesPass(id);
    const { id: taken } = unwrap(await hypervisor.takeSnapshot(id, { name: 'mine' }));
    await minutesPass(id);
    expect(hypervisor.snapshots(id)).toMatchObject({ current: taken, entries: [{ name: 'mine', parent: null }] });
    expect(await storedKinds(id)).toEqual(['taken', 'checkpoint']);
    expect(hypervisor.get(id)).toMatchObject({ state: 'running', isSuspended: false, interruptedAt: null });
  });

  test.each(['powerOff', 'suspend'] as const)('gives it up at %s', async (end) => {
    const id = await counter();
    unwrap(await opened.hypervisor.start(id));
    await minutesPass(id);
    unwrap(await opened.hypervisor[end](id));
    expect(waiting.size).toBe(0);
    await opened.hypervisor.dispose();
    expect(await storedKinds(id)).toEqual(end === 'suspend' ? ['suspended'] : []);
  });

  test('gives it up when the process ends in order, or its owner wants no more', async () => {
    const [left, unwanted] = [await counter(), await counter()];
    unwrap(await opened.hypervisor.start(left));
    unwrap(await opened.hypervisor.start(unwanted));
    await minutesPass(left);
    await minutesPass(unwanted);
    unwrap(await opened.hypervisor.update(unwanted, { checkpointMinutes: null }));
    expect(waiting.size).toBe(1);
    await opened.hypervisor.dispose();
    expect(await storedKinds(left)).toEqual([]);
    expect(await storedKinds(unwanted)).toEqual([]);
  });

  test('gives it up when it is deleted after a crash, though that is taken back', async () => {
    const { hypervisor } = opened;
    const bytes = new TextEncoder().encode(CRASHING);
    const id = await counter({ program: { kind: 'bytes', bytes, fileName: 'a.asm', format: 'asm' } });
    unwrap(await hypervisor.start(id));
    await minutesPass(id);
    unwrap(hypervisor.console.sendKeys(id, [{ code: 'KeyA', pressed: true }]));
    await until(() => hypervisor.get(id)?.state === 'crashed', 'the crash');
    unwrap(await hypervisor.delete(id, { isUndoable: true }));
    expect(unwrap(await hypervisor.undelete(id))).toMatchObject({ isSuspended: false, interruptedAt: null });
  });

  test('keeps none that tells nothing new', async () => {
    const { hypervisor } = opened;
    const id = await counter();
    unwrap(await hypervisor.start(id));
    unwrap(await hypervisor.pause(id));
    await minutesPass(id);
    let captures = 0;
    hypervisor.on('vm-state', ({ to }) => (captures += to === 'saving' ? 1 : 0));
    await minutesPass(id);
    expect(captures).toBe(0);
    unwrap(await hypervisor.step(id));
    await minutesPass(id);
    expect(captures).toBe(1);
  });

  test('takes none while it runs backwards, which would end that', async () => {
    const { hypervisor } = opened;
    const id = await counter({ clock: 'instructions' });
    unwrap(await hypervisor.start(id));
    await until(() => retiredBy(id) > 100_000_000, 'a past of many checkpoints', 60_000);
    unwrap(await hypervisor.pause(id));
    unwrap(await hypervisor.time.runBack(id, { kind: 'write', linearAddress: 0xa000, byteLength: 1 }));
    await minutesPass(id);
    await until(() => hypervisor.get(id)?.state === 'paused', 'arrived', 60_000);
    expect(hypervisor.get(id)?.pauseReason).toEqual({ kind: 'travelled', stop: 'start' });
    await minutesPass(id);
    expect(await storedKinds(id)).toEqual(['checkpoint']);
  });

  test('keeps one at a time', async () => {
    const { hypervisor } = opened;
    const id = await counter();
    unwrap(await hypervisor.start(id));
    let captures = 0;
    hypervisor.on('vm-state', ({ to }) => (captures += to === 'saving' ? 1 : 0));
    for (const action of waiting.keys()) action();
    await minutesPass(id);
    expect(captures).toBe(1);
  });
});

describe('a machine that writes a disk', () => {
  test.each(['read-write', 'overlay'] as const)(
    'goes on with it while its %s layers are put together',
    async (access) => {
      const { hypervisor } = opened;
      const id = await diskWriter(access);
      unwrap(await hypervisor.start(id));
      for (let count = 0; count < 6; count++) {
        const before = nextOf(id);
        await until(() => nextOf(id) > before + SECTORS, 'each sector is written anew');
        await minutesPass(id);
      }
      expect(await storedKinds(id)).toEqual(['checkpoint']);
      expect((await layersOf(id)).length).toBeLessThanOrEqual(4);
      unwrap(await hypervisor.pause(id));
      const written = nextOf(id);
      unwrap(await hypervisor.powerOff(id));
      await minutesPass(id);
      expect(await layersOf(id)).toEqual([]);
      const numbers = numbersOn(await readFile(path.join(opened.folder, 'disk.img')));
      if (access === 'overlay') expect(numbers).toEqual(Array.from({ length: SECTORS }, () => 0));
      else expect(isWrittenUpTo(numbers, written)).toBe(true);
    },
  );

  test('keeps what it wrote though its thread is late to put layers together', async () => {
    const { hypervisor } = opened;
    const id = await diskWriter('read-write');

    const { send } = VcpuWorker.prototype;
    const late: (() => Promise<Result<unknown>>)[] = [];
    vi.spyOn(VcpuWorker.prototype, 'send').mockImplementation(function (this: VcpuWorker, ...command) {
      const [name] = command;
      if (name !== 'relayer') return send.apply(this, command);
      late.push(() => send.apply(this, command));
      return Promise.resolve(refused('no-answer', 'The machine’s thread does not answer.'));
    });
    unwrap(await hypervisor.start(id));
    while (late.length === 0) {
      const before = nextOf(id);
      await until(() => nextOf(id) > before + SECTORS, 'each sector is written anew');
      await minutesPass(id);
    }
    for (const answer of late) unwrap(await answer());
    await until(() => nextOf(id) > SECTORS, 'it writes on');
    unwrap(await hypervisor.pause(id));
    const written = nextOf(id);
    unwrap(await hypervisor.powerOff(id));
    await minutesPass(id);
    expect(isWrittenUpTo(numbersOn(await readFile(path.join(opened.folder, 'disk.img'))), written)).toBe(true);
    expect(await layersOf(id)).toEqual([]);
  });

  test('keeps what it writes after a reset in a new thread, in place of one that hung', async () => {
    const { hypervisor } = opened;
    const id = await diskWriter('read-write');
    unwrap(await hypervisor.start(id));
    await until(() => nextOf(id) > SECTORS, 'each sector is written');
    const { id: taken } = unwrap(await hypervisor.takeSnapshot(id, { name: 'no longer needed' }));
    unwrap(await hypervisor.deleteSnapshot(id, taken));
    const silence = vi.spyOn(VirtualMachine.prototype, 'isAnswering', 'get').mockReturnValue(false);
    unwrap(await hypervisor.reset(id));
    silence.mockRestore();
    await until(() => nextOf(id) > SECTORS, 'it begins again');
    unwrap(await hypervisor.pause(id));
    const written = nextOf(id);
    unwrap(await hypervisor.powerOff(id));
    await minutesPass(id);
    expect(isWrittenUpTo(numbersOn(await readFile(path.join(opened.folder, 'disk.img'))), written)).toBe(true);
    expect(await layersOf(id)).toEqual([]);
  });

  test('a snapshot that its owner takes in between keeps its own disk', async () => {
    const { hypervisor } = opened;
    const id = await diskWriter('read-write');
    unwrap(await hypervisor.start(id));
    await until(() => nextOf(id) > SECTORS, 'written');
    await minutesPass(id);
    unwrap(await hypervisor.pause(id));
    const { id: taken } = unwrap(await hypervisor.takeSnapshot(id, { name: 'mine' }));
    const then = nextOf(id);
    unwrap(await hypervisor.resume(id));
    for (let count = 0; count < 3; count++) {
      const before = nextOf(id);
      await until(() => nextOf(id) > before + SECTORS, 'written anew');
      await minutesPass(id);
    }
    unwrap(await hypervisor.restoreSnapshot(id, taken));
    expect(nextOf(id)).toBe(then);
    unwrap(await hypervisor.powerOff(id));
    unwrap(await hypervisor.deleteSnapshot(id, taken));
    const numbers = numbersOn(await readFile(path.join(opened.folder, 'disk.img')));
    expect(isWrittenUpTo(numbers, then)).toBe(true);
  });
});

describe('what cannot keep checkpoints', () => {
  test.each([0, 61, 1.5])('%s minutes', async (checkpointMinutes) => {
    expect(await opened.hypervisor.create({ checkpointMinutes })).toMatchObject({
      ok: false,
      error: { field: 'checkpointMinutes' },
    });
  });
});

describe('when the process is killed', () => {
  /** Runs the machine in a process until that has stored a few checkpoints, and kills it. Returns what it said last. */
  async function killRunning(): Promise<void> {
    const child = spawn(process.execPath, [victim, opened.folder, threadEntry], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const seen = new Set<string>();
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (;;) {
        const end = output.indexOf('\n');
        if (end < 0) break;
        for (const id of JSON.parse(output.slice(0, end)) as string[]) seen.add(id);
        output = output.slice(end + 1);
      }
    });
    try {
      await until(() => seen.size >= 3, 'three checkpoints', 60_000);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  }

  test('the next one finds the machine, and it counts on from its checkpoint', async () => {
    const id = await counter({ checkpointMinutes: 1 });
    await opened.hypervisor.dispose();
    await killRunning();
    const before = Date.now();
    const hypervisor = await reopen();
    const found = hypervisor.get(id);
    expect(found).toMatchObject({ state: 'off', isSuspended: true });
    expect(before - (found?.interruptedAt ?? 0)).toBeLessThan(60_000);
    unwrap(await hypervisor.start(id, { paused: true }));
    const kept = retiredBy(id);
    expect(kept).toBeGreaterThan(0);
    expect(countOf(id)).toBe(Math.floor(kept / 2) % 2 ** 32);
    expect(hypervisor.get(id)).toMatchObject({ isSuspended: false, interruptedAt: null });
    unwrap(await hypervisor.resume(id));
    await until(() => retiredBy(id) > kept, 'it counts on');
    unwrap(await hypervisor.pause(id));
    expect(countOf(id)).toBe(Math.floor(retiredBy(id) / 2) % 2 ** 32);
  });

  test('what it had written to its disk by then is there, and nothing else', async () => {
    const id = await diskWriter('read-write', { checkpointMinutes: 1 });
    await opened.hypervisor.dispose();
    await killRunning();
    const hypervisor = await reopen();
    expect(hypervisor.get(id)).toMatchObject({ state: 'off', isSuspended: true });
    unwrap(await hypervisor.start(id, { paused: true }));
    const kept = nextOf(id);
    expect(kept).toBeGreaterThan(1);
    unwrap(await hypervisor.powerOff(id));
    await minutesPass(id);
    expect(isWrittenUpTo(numbersOn(await readFile(path.join(opened.folder, 'disk.img'))), kept)).toBe(true);
    expect(await layersOf(id)).toEqual([]);
  });

  test('the checkpoint stays until there is the next, or an end in order', async () => {
    const id = await counter({ checkpointMinutes: 1 });
    await opened.hypervisor.dispose();
    await killRunning();
    const hypervisor = await reopen();
    unwrap(await hypervisor.start(id));
    expect(await storedKinds(id)).toContain('checkpoint');
    await minutesPass(id);
    expect(await storedKinds(id)).toEqual(['checkpoint']);
    unwrap(await hypervisor.powerOff(id));
    await hypervisor.dispose();
    expect(await storedKinds(id)).toEqual([]);
  });

  test('its owner may start the machine anew', async () => {
    const id = await counter({ checkpointMinutes: 1 });
    await opened.hypervisor.dispose();
    await killRunning();
    const hypervisor = await reopen();
    expect(unwrap(await hypervisor.discardSuspended(id))).toMatchObject({ isSuspended: false, interruptedAt: null });
    unwrap(await hypervisor.start(id, { paused: true }));
    expect(hypervisor.registers(id)?.retiredInstructions).toBe(0);
  });
});
