import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { errorCode, replaceFile } from '../../hypervisor/storage/files.ts';

/**
 * Where the owner of a store can be reached.
 *
 * ```
 * <store>/control/             0700
 * <store>/control/socket       0600, the socket
 * <store>/control/owner.json   0600, {address, token, pid}: where it listens, what a client has to say first, and its process
 * ```
 * On Windows the socket is a named pipe; where a path is too long for a socket, it lies in a folder of its own below the
 * system's temporary one. Whoever can read the file is the user: the token keeps out everybody else where permissions
 * of sockets and pipes are not enough.
 */
const Endpoint = z.object({
  address: z.string().min(1).max(4096),
  token: z.string().regex(/^[0-9a-f]{64}$/),
  /** Absent in what earlier versions wrote. */
  pid: z.int().positive().optional(),
});
export type Endpoint = z.infer<typeof Endpoint>;

const FOLDER = 'control';
const FILE = 'owner.json';
const SOCKET = 'socket';
const TEMPORARY_PREFIX = 'vivarium-control-';
/** Of a socket's path, its closing zero left out: 104 on macOS and the BSDs, 108 on Linux (unix(7), sun_path). */
const SOCKET_PATH_BYTES_MOST = 103;

const fileOf = (store: string): string => path.join(store, FOLDER, FILE);

/** Undefined when nobody listens, or nobody who can be spoken to. */
export async function readEndpoint(store: string): Promise<Endpoint | undefined> {
  try {
    return Endpoint.safeParse(JSON.parse(await readFile(fileOf(store), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** An address for whoever holds the store's lock: what a dead owner has left is cleared away. */
export async function prepareEndpoint(store: string): Promise<Endpoint> {
  const folder = path.join(store, FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
  await chmod(folder, 0o700);
  await removeEndpoint(store, await readEndpoint(store));
  const token = randomBytes(32).toString('hex');
  const { pid } = process;
  if (process.platform === 'win32')
    return { address: `\\\\.\\pipe\\vivarium-${randomBytes(16).toString('hex')}`, token, pid };
  const socket = path.join(path.resolve(folder), SOCKET);
  if (Buffer.byteLength(socket) <= SOCKET_PATH_BYTES_MOST) {
    await unlink(socket).catch(ignoreMissing);
    return { address: socket, token, pid };
  }
  // Made with 0700.
  return { address: path.join(await mkdtemp(path.join(tmpdir(), TEMPORARY_PREFIX)), SOCKET), token, pid };
}

/** From now on clients find it. */
export async function publishEndpoint(store: string, endpoint: Endpoint): Promise<void> {
  // 0600, like all files of the store.
  await replaceFile(fileOf(store), JSON.stringify(endpoint));
}

/** Takes the address back; by its owner, or by the next one. */
export async function removeEndpoint(store: string, endpoint: Endpoint | undefined): Promise<void> {
  await unlink(fileOf(store)).catch(ignoreMissing);
  if (endpoint === undefined || process.platform === 'win32') return;
  const folder = path.dirname(endpoint.address);
  const isTemporary = path.dirname(folder) === tmpdir() && path.basename(folder).startsWith(TEMPORARY_PREFIX);
  // Nothing else that the file may name is removed.
  if (isTemporary) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
