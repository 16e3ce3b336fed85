import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompiledHandlers } from '../engine/accelerators/translate/index.ts';
import { heedBranchHints } from './branchHints.ts';

/** The build writes it into the folder of the main bundle. */
const FILE_NAME = 'threaded.wasm';

let compiled: Promise<CompiledHandlers> | undefined;

/**
 * The threaded tier's handlers, compiled once a process: about ten milliseconds, since V8 compiles each when it is
 * first called.
 */
export function compileThreadedHandlers(): Promise<CompiledHandlers> {
  return (compiled ??= compile());
}

async function compile(): Promise<CompiledHandlers> {
  heedBranchHints();
  const bytes = readBuiltModule() ?? (await generateModule());
  return new CompiledHandlers(await WebAssembly.compile(bytes));
}

/** Shared chunks lie one folder below the bundle. */
function readBuiltModule(): Uint8Array<ArrayBuffer> | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const found = [here, path.dirname(here)]
    .map((folder) => path.join(folder, FILE_NAME))
    .find((file) => existsSync(file));
  return found === undefined ? undefined : new Uint8Array(readFileSync(found));
}

/** Run from its sources, as tests do: takes about a second. */
async function generateModule(): Promise<Uint8Array<ArrayBuffer>> {
  const { generateHandlers } = await import('../engine/accelerators/translate/generateHandlers.ts');
  return generateHandlers();
}
