import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runtimeFolder } from './paths.mjs';
import { say } from './progress.mjs';

const LOCK = path.join(runtimeFolder, 'set-up.lock');

/** No set-up takes this long: after a crash, the holder's number may belong to another process by now. */
const ABANDONED_MS = 30 * 60_000;

/** Lets one set-up at a time work on this checkout: two would delete node_modules and out/ under each other. */
export async function withSetupLock(work) {
  await mkdir(runtimeFolder, { recursive: true });
  let told = false;
  for (;;) {
    try {
      await writeFile(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!(await holderIsAlive())) {
      await rm(LOCK, { force: true });
      continue;
    }
    if (!told) say('Waiting for another set-up of this checkout to finish ...');
    told = true;
    await sleep(200);
  }
  const release = () => rm(LOCK, { force: true });
  try {
    return await work();
  } finally {
    await release();
  }
}

async function holderIsAlive() {
  const made = await stat(LOCK).catch(() => undefined);
  if (!made || Date.now() - made.mtimeMs > ABANDONED_MS) return false;
  const pid = Number(await readFile(LOCK, 'utf8').catch(() => ''));
  // Empty: its maker is between creating the file and writing to it.
  if (!pid) return sleep(100, true);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
