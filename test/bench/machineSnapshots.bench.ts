/**
 * Snapshots of a machine of 64 MiB that runs in a thread, with a disk: how long the guest stands still while one is
 * taken, and how long a user waits for it, for a restore and for a clone; in milliseconds on the clock, best of some.
 * RAM holds machine code, tables and texts, as a system's memory does.
 */
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hypervisor } from '../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../src-main/hypervisor/threadedHandlers.ts';
import { bundle } from '../support/hypervisor/bundle.ts';
import { unwrap } from '../support/hypervisor/openTestHypervisor.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const PROGRAM = 'bits 16\norg 100h\nagain: inc dword [9000h]\njmp again';

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-bench-'));
const threadEntry = await bundle(path.resolve('src-main/hypervisor/threads/vcpuThread.ts'));
const { module: handlers } = await compileThreadedHandlers();
const hypervisor = unwrap(await Hypervisor.open({ folder, threadEntry, handlers, stepOverEnd: () => null }));
try {
  const image = path.join(folder, 'disk.img');
  writeFileSync(image, new Uint8Array(8 * MIB));
  const program = { kind: 'bytes', bytes: new TextEncoder().encode(PROGRAM), fileName: 'a.asm', format: 'asm' } as const;
  const { id } = unwrap(
    await hypervisor.create({ memoryMiB: 64, program, drives: [{ slot: 'hda', path: image, access: 'read-write' }] }),
  );
  unwrap(await hypervisor.start(id));
  const executable = openSync(process.execPath, 'r');
  for (let at = 2; at < 34; at += 8) {
    const part = new Uint8Array(8 * MIB);
    readSync(executable, part, 0, part.length, at * MIB);
    unwrap(await hypervisor.writeMemory(id, at * MIB, part));
  }
  let [pause, take, restore, clone] = [Infinity, Infinity, Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const taken = unwrap(await hypervisor.takeSnapshot(id, { name: `${round}` }));
    take = Math.min(take, performance.now() - start);
    pause = Math.min(pause, taken.pauseMs);
    const before = performance.now();
    unwrap(await hypervisor.restoreSnapshot(id, taken.id));
    restore = Math.min(restore, performance.now() - before);
    const cloning = performance.now();
    const copy = unwrap(await hypervisor.clone(id, { snapshot: taken.id }));
    clone = Math.min(clone, performance.now() - cloning);
    unwrap(await hypervisor.powerOff(copy.id));
    unwrap(await hypervisor.delete(copy.id));
  }
  console.log(
    `pause ${pause.toFixed(0)} ms (wanted: below 100), take ${take.toFixed(0)} ms, restore ${restore.toFixed(0)} ms, clone ${clone.toFixed(0)} ms (wanted: below 1000)`,
  );
} finally {
  await hypervisor.dispose();
  rmSync(folder, { recursive: true });
}
