import { readFileSync } from 'node:fs';
import { heedBranchHints } from './branchHints.ts';
import { builtFile } from './builtFile.ts';

/** The build writes it into the folder of the main bundle. */
const FILE_NAME = 'threaded.wasm';

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The threaded tier's module, compiled once a process: about ten milliseconds, since V8 compiles each handler when it
 * is first called. A process whose threads run the machines needs nothing else of the engine.
 */
export function compileThreadedModule(): Promise<WebAssembly.Module> {
  return (compiled ??= compile());
}

async function compile(): Promise<WebAssembly.Module> {
  heedBranchHints();
  return WebAssembly.compile(readBuiltModule() ?? (await generateModule()));
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
