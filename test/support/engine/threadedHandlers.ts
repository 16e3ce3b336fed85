import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CompiledHandlers } from '../../../src-main/engine/accelerators/translate/index.ts';
import { MEMORY_LAYOUT } from '../../../src-main/engine/state/layout.ts';
import { buildThreadedModule } from '../../../src-main/engine/tiers/threaded/threadedModule.ts';

const ENGINE = path.resolve('src-main/engine');
const CACHE = path.resolve('node_modules/.cache/threaded');

/** Folders of the engine that the module's bytes do not depend on. */
const UNRELATED = new Set(['assembler', 'disassembler', 'accelerators']);

let compiled: CompiledHandlers | undefined;

/** The threaded tier's handlers; generated once for a state of the engine's sources, and compiled once a worker. */
export function threadedHandlers(): CompiledHandlers {
  compiled ??= new CompiledHandlers(new WebAssembly.Module(moduleBytes()));
  return compiled;
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const file = path.join(CACHE, `${sourceDigest()}.wasm`);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const bytes = buildThreadedModule(MEMORY_LAYOUT.firstVcpu);
  mkdirSync(CACHE, { recursive: true });
  // Workers may write at the same time: each its own file, moved into place whole.
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
  return bytes;
}

function sourceDigest(): string {
  const digest = createHash('sha256');
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const at = path.join(folder, name);
      if (statSync(at).isDirectory()) {
        if (!UNRELATED.has(name)) visit(at);
      } else if (name.endsWith('.ts')) {
        digest.update(name).update(readFileSync(at));
      }
    }
  };
  visit(ENGINE);
  return digest.digest('hex').slice(0, 24);
}
