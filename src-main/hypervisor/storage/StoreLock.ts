import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import path from 'node:path';
import { errorCode, unfinishedName } from './files.ts';

interface Holder {
  readonly pid: number;
  /** Tells processes apart that have had the same number; null where the system does not say. */
  readonly processStart: string | null;
  /** When the lock was made, in ms since 1970; null in locks of versions that did not note it. */
  readonly madeAt: number | null;
  readonly token: string;
}

const LOCK_NAME = 'lock';
/** Taken by whoever clears a dead process's lock away, so that only one does. */
const CLEARING_NAME = 'lock.clearing';

/** How far a host's clock may have been put right since a lock was made. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Tokens of the locks that this process holds: a lock of an earlier process with our number is none of them. */
const ownTokens = new Set<string>();

/** Keeps two processes from opening one store. A process that dies without giving it back loses it. */
export class StoreLock {
  readonly #file: string;
  readonly #token: string;

  private constructor(file: string, token: string) {
    this.#file = file;
    this.#token = token;
  }

  /** The file that says who has a store open. */
  static fileOf(folder: string): string {
    return path.join(folder, LOCK_NAME);
  }

  /** Undefined when a living process holds the store. */
  static async acquire(folder: string): Promise<StoreLock | undefined> {
    const file = StoreLock.fileOf(folder);
    const lock = new StoreLock(file, randomBytes(8).toString('hex'));
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await lock.#create(file)) return lock;
      const content = await readIfThere(file);
      if (content === undefined) continue;
      if (isAlive(content)) return undefined;
      const clearing = path.join(folder, CLEARING_NAME);
      if (!(await lock.#create(clearing))) {
        const other = await readIfThere(clearing);
        if (other !== undefined && isAlive(other)) return undefined;
        await unlink(clearing).catch(() => undefined);
        continue;
      }
      try {
        if ((await readIfThere(file)) === content) await unlink(file);
      } finally {
        await unlink(clearing).catch(() => undefined);
        ownTokens.delete(lock.#token);
      }
    }
    return undefined;
  }

  async release(): Promise<void> {
    const content = await readIfThere(this.#file);
    if (content !== undefined && parse(content)?.token === this.#token) await unlink(this.#file);
    ownTokens.delete(this.#token);
  }

  async #create(file: string): Promise<boolean> {
    const { pid } = process;
    const holder: Holder = { pid, processStart: startOf(pid), madeAt: Date.now(), token: this.#token };
    ownTokens.add(this.#token);
    try {
      await createWhole(file, JSON.stringify(holder));
      return true;
    } catch (error) {
      ownTokens.delete(this.#token);
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }
}

/** Creates a file that appears with its content, never empty; fails when there is one already. */
async function createWhole(file: string, content: string): Promise<void> {
  const unfinished = unfinishedName(file);
  try {
    await writeFile(unfinished, content, { flag: 'wx', mode: 0o600 });
    await link(unfinished, file);
  } catch (error) {
    // A file system without hard links: the moment in which the lock is empty has to do.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(errorCode(error))) throw error;
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } finally {
    await unlink(unfinished).catch(() => undefined);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(content: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, processStart, madeAt, token } = value as Partial<Record<keyof Holder, unknown>>;
    if (typeof pid !== 'number' || typeof token !== 'string') return undefined;
    return {
      pid,
      processStart: typeof processStart === 'string' ? processStart : null,
      madeAt: typeof madeAt === 'number' ? madeAt : null,
      token,
    };
  } catch {
    return undefined;
  }
}

function isAlive(content: string): boolean {
  const holder = parse(content);
  // A process died while it wrote the lock: nobody holds it.
  if (holder === undefined) return false;
  if (holder.pid === process.pid) return ownTokens.has(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Another user's process has the number; whether it made the lock is still to be seen.
    if (errorCode(error) !== 'EPERM') return false;
  }
  if (holder.processStart !== null) return holder.processStart === startOf(holder.pid);
  return holder.madeAt === null || holder.madeAt > bootedAt() - CLOCK_TOLERANCE_MS;
}

/**
 * When the host was started, in ms since 1970. A lock from before it is nobody's. That is asked rather than
 * whether the time of the start is the one noted, since a clock put right while the holder lives moves that.
 */
function bootedAt(): number {
  return Date.now() - uptime() * 1000;
}

/** Boot and start time of a process, where /proc tells. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): field 22, counted after the command, which may itself hold spaces and parentheses.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return start === undefined ? null : `${boot}:${start}`;
  } catch {
    return null;
  }
}
