import { build } from 'esbuild';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes one script of a TypeScript file, as the app's build does, for a thread or process of a test's own. Returns its path. */
export async function bundle(file: string): Promise<string> {
  const [script = ''] = await bundleTogether([file]);
  return script;
}

/** The thread of a machine's vCPU, with those that are found beside it. Returns its path. */
export async function bundleVcpuThread(): Promise<string> {
  return bundleThreads('src-main/vcpuThread.ts');
}

/** The same with machines that only behave as they are told: see DoubleMachine. */
export async function bundleDoubleThread(): Promise<string> {
  return bundleThreads('test/support/hypervisor/doubleThread.ts');
}

async function bundleThreads(vcpuThread: string): Promise<string> {
  const beside = ['regionCompiler/compilerThread.ts', 'network/patchbayThread.ts'];
  const files = [vcpuThread, ...beside.map((name) => path.join('src-main/hypervisor', name))];
  const [script = ''] = await bundleTogether(files.map((file) => path.resolve(file)));
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
