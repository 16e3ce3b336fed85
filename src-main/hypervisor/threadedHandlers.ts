import { readFileSync } from 'node:fs';
import { CompiledHandlers } from '../engine/accelerators/translate/index.ts';
import { heedBranchHints } from './branchHints.ts';
import { builtFile } from './builtFile.ts';

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

function readBuiltModule(): Uint8Array<ArrayBuffer> | undefined {
  const found = builtFile(FILE_NAME);
  return found === undefined ? undefined : new Uint8Array(readFileSync(found));
}

/** Run from its sources, as tests do: takes about a second. */
async function generateModule(): Promise<Uint8Array<ArrayBuffer>> {
  const { generateHandlers } = await import('../engine/accelerators/translate/generateHandlers.ts');
  return generateHandlers();
}
