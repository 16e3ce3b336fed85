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
export async function bundleVcpuThread(networkThread?: string): Promise<string> {
  return bundleThreads('src-main/vcpuThread.ts', networkThread);
}

/** The same with machines that only behave as they are told: see DoubleMachine. */
export async function bundleDoubleThread(): Promise<string> {
  return bundleThreads('test/support/hypervisor/doubleThread.ts');
}

async function bundleThreads(
  vcpuThread: string,
  networkThread = 'src-main/hypervisor/network/patchbayThread.ts',
): Promise<string> {
  const files = [vcpuThread, 'src-main/hypervisor/regionCompiler/compilerThread.ts', networkThread];
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
