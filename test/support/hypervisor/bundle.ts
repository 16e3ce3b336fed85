import { build } from 'esbuild';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes one script of a TypeScript file, as the app's build does, for a thread or process of a test's own. Returns its path. */
export async function bundle(file: string): Promise<string> {
  const [script = ''] = await bundleTogether([file]);
  return script;
}

/** The thread of a machine's vCPU, which finds the one that compiles regions beside it. Returns its path. */
export async function bundleVcpuThread(): Promise<string> {
  const sources = ['threads/vcpuThread.ts', 'regionCompiler/compilerThread.ts'];
  const [script = ''] = await bundleTogether(sources.map((name) => path.resolve('src-main/hypervisor', name)));
  return script;
}

/** Scripts in one folder, named like their sources. */
async function bundleTogether(files: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-bundle-'));
  await build({
    entryPoints: [...files],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    // As the app's build does, which esbuild leaves undefined in CommonJS.
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
  return files.map((file) => path.join(folder, `${path.parse(file).name}.cjs`));
}
