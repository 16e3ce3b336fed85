import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { replaceFile } from '../../hypervisor/storage/files.ts';

const WRITE_DELAY_MS = 300;

export interface JsonFileOptions<Schema extends z.ZodType> {
  readonly path: string;
  readonly schema: Schema;
  readonly initial: z.output<Schema>;
  /** Goes up when the content's meaning changes; a file with another version is set aside. */
  readonly version: number;
  onProblem(message: string): void;
}

/**
 * A small versioned JSON document on disk: kept in memory, written beside, synced and renamed, so a kill at
 * any moment leaves the old or the new content. A file that cannot be understood is set aside, never overwritten.
 */
export class JsonFile<Schema extends z.ZodType> {
  private readonly options: JsonFileOptions<Schema>;
  private current: z.output<Schema>;
  private timer: NodeJS.Timeout | null = null;
  private isDirty = false;
  private writing: Promise<void> = Promise.resolve();

  private constructor(options: JsonFileOptions<Schema>, value: z.output<Schema>) {
    this.options = options;
    this.current = value;
  }

  static async open<Schema extends z.ZodType>(options: JsonFileOptions<Schema>): Promise<JsonFile<Schema>> {
    return new JsonFile(options, await load(options));
  }

  get value(): z.output<Schema> {
    return this.current;
  }

  /** Takes effect at once; reaches the disk within a moment. */
  set(value: z.output<Schema>): void {
    this.current = value;
    this.isDirty = true;
    this.timer ??= setTimeout(() => void this.flush(), WRITE_DELAY_MS);
  }

  /** Resolves when the content is on disk, or its failure was reported. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.isDirty) {
      this.isDirty = false;
      this.writing = this.writing.then(() => this.write());
    }
    return this.writing;
  }

  private async write(): Promise<void> {
    const { path: file, version, onProblem } = this.options;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await replaceFile(file, `${JSON.stringify({ version, content: this.current }, null, 2)}\n`);
    } catch (error) {
      onProblem(`${file} could not be written: ${messageOf(error)}`);
    }
  }
}

async function load<Schema extends z.ZodType>(options: JsonFileOptions<Schema>): Promise<z.output<Schema>> {
  const { path: file, schema, initial, version, onProblem } = options;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onProblem(`${file} cannot be read: ${messageOf(error)}`);
    return initial;
  }
  const reason = ((): string | { value: z.output<Schema> } => {
    try {
      const document: unknown = JSON.parse(text);
      if (typeof document !== 'object' || document === null) return 'it is no object';
      if (!('version' in document) || document.version !== version) return 'its version is not known here';
      const parsed = schema.safeParse('content' in document ? document.content : undefined);
      return parsed.success ? { value: parsed.data } : 'its content is malformed';
    } catch (error) {
      return messageOf(error);
    }
  })();
  if (typeof reason !== 'string') return reason.value;
  const aside = `${file}.unreadable-${Date.now()}`;
  await rename(file, aside).catch(() => undefined);
  onProblem(`${file} was set aside as ${path.basename(aside)}: ${reason}.`);
  return initial;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
