import { createHash, webcrypto } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type CheckedJsonFormat, parseChecked, serialiseChecked } from '../storage/CheckedJson.ts';
import { replaceFile } from '../storage/files.ts';
import type { StoredDrive } from '../storage/StoredMachine.ts';

/** An image file as it was at a moment. */
export type ImageIdentity = NonNullable<StoredDrive['base']>;

const CHUNK_BYTES = 4 * 2 ** 20;
/** Between two chunks: whoever waits for the disk comes first. */
const PAUSE_MS = 5;
/** The oldest are forgotten beyond that. */
const MOST_IMAGES = 10_000;

const knownImage = z.object({
  path: z.string(),
  byteLength: z.int().nonnegative(),
  modifiedNs: z.string(),
  /** SHA-256 over the SHA-256 of each 4 MiB. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
type KnownImage = z.infer<typeof knownImage>;

const FORMAT: CheckedJsonFormat<KnownImage[]> = {
  format: 'vivarium-images',
  version: 1,
  field: 'images',
  noun: 'a list of images',
  schema: z.array(knownImage),
  migrations: new Map(),
};

/**
 * What images held when layers were put in front of them, so that one which was copied, or put back from a backup, is
 * known again though its time is another. They are read in the background, once each. Without the list, or before an image
 * was read, its length and time decide alone.
 */
export class ImageContents {
  readonly #file: string;
  #images: Promise<KnownImage[]> | undefined;
  #learning: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param file of the list */
  constructor(file: string) {
    this.#file = file;
  }

  /** Learns in the background what an image holds that nobody is to change from now on. */
  learn(image: string, identity: ImageIdentity): void {
    this.#learning = this.#learning.then(async () => {
      if (this.#isClosed || (await this.#known(image, identity)) !== undefined) return;
      // What cannot be read, or is written, is known by its time alone.
      await this.#read(image, identity, PAUSE_MS).catch(() => undefined);
    });
  }

  /** Whether an image holds what it held then. Reads it when its time does not tell. Throws what the file system throws. */
  async holds(image: string, then: ImageIdentity): Promise<boolean> {
    const now = await identityOf(image);
    if (now.byteLength !== then.byteLength) return false;
    if (now.modifiedNs === then.modifiedNs) return true;
    const before = await this.#known(image, then);
    if (before === undefined) return false;
    return before === ((await this.#known(image, now)) ?? (await this.#read(image, now, 0)));
  }

  /** What is being read is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#learning;
  }

  async #known(image: string, { byteLength, modifiedNs }: ImageIdentity): Promise<string | undefined> {
    const place = path.resolve(image);
    const isIt = (known: KnownImage): boolean =>
      known.path === place && known.byteLength === byteLength && known.modifiedNs === modifiedNs;
    return (await this.#list()).find(isIt)?.hash;
  }

  /** Undefined when the image has changed meanwhile, or nobody wants to know any more. */
  async #read(image: string, identity: ImageIdentity, pauseMs: number): Promise<string | undefined> {
    const hash = await this.#hash(image, pauseMs);
    const { byteLength, modifiedNs } = await identityOf(image);
    if (hash === undefined || byteLength !== identity.byteLength || modifiedNs !== identity.modifiedNs)
      return undefined;
    const images = await this.#list();
    images.push({ path: path.resolve(image), byteLength, modifiedNs, hash });
    images.splice(0, Math.max(0, images.length - MOST_IMAGES));
    // A read-only store knows it until it is closed.
    await replaceFile(this.#file, serialiseChecked(FORMAT, images)).catch(() => undefined);
    return hash;
  }

  async #hash(image: string, pauseMs: number): Promise<string | undefined> {
    const all = createHash('sha256');
    const handle = await open(image, 'r');
    try {
      for (let position = 0; ; position += CHUNK_BYTES) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
        if (bytesRead === 0) return all.digest('hex');
        // On Node's own threads.
        all.update(new Uint8Array(await webcrypto.subtle.digest('SHA-256', buffer.subarray(0, bytesRead))));
        if (this.#isClosed) return undefined;
        if (pauseMs > 0) await pause(pauseMs);
      }
    } finally {
      await handle.close();
    }
  }

  #list(): Promise<KnownImage[]> {
    return (this.#images ??= readFile(this.#file, 'utf8').then(
      (text) => {
        const parsed = parseChecked(FORMAT, text);
        return parsed.kind === 'value' ? parsed.value : [];
      },
      () => [],
    ));
  }
}

/** Throws what the file system throws. */
export async function identityOf(file: string): Promise<ImageIdentity> {
  const { size, mtimeNs } = await stat(file, { bigint: true });
  return { byteLength: Number(size), modifiedNs: String(mtimeNs) };
}
