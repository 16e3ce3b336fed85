import vue from '@vitejs/plugin-vue';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'electron-vite';
import { bundledPackages } from './scripts/packaging/bundledPackages.ts';
import { generateHandlers } from './src-main/engine/accelerators/translate/generateHandlers.ts';

const root = path.dirname(fileURLToPath(import.meta.url));

/** The oldest runtime the app runs on is Electron 25: Chromium 114 with Node 18. */
const NODE_TARGET = 'node18';
const CHROMIUM_TARGET = 'chrome114';

/**
 * What the build makes of src-main, by output name. The app and the threads run in Electron, the
 * command line in plain Node; they share chunks, so nothing but `index` may reach `electron`.
 */
const mainEntries = Object.fromEntries(
  Object.entries({
    index: 'src-main/index.ts',
    vcpuThread: 'src-main/vcpuThread.ts',
    compilerThread: 'src-main/hypervisor/regionCompiler/compilerThread.ts',
    patchbayThread: 'src-main/hypervisor/network/patchbayThread.ts',
    symbolThread: 'src-main/symbolThread.ts',
    cli: 'src-main/cli/index.ts',
  })
    .map(([name, file]) => [name, path.join(root, file)] as const)
    .filter(([, file]) => existsSync(file)),
);

/** CommonJS, since Electron 25 takes no ES module as its main entry and a sandboxed preload never does. */
const commonJs = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
} as const;

/** Generates the threaded tier's handlers, which the running program only compiles. */
const threadedTier = {
  name: 'vivarium-threaded-tier',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array }): void }): void {
    this.emitFile({ type: 'asset', fileName: 'threaded.wasm', source: generateHandlers() });
  },
};

/** scripts/setup/build.mjs builds beside `out/main` and the like, and moves there what is finished. */
const outputFolder = (part: string): string =>
  path.join(root, 'out', `${process.env['VIVARIUM_BUILD_PREFIX'] ?? ''}${part}`);

const config: UserConfig = {
  main: {
    plugins: [threadedTier, bundledPackages()],
    build: {
      target: NODE_TARGET,
      outDir: outputFolder('main'),
      // Everything is bundled: the built app needs no node_modules, and ES-only packages become CommonJS.
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: { input: mainEntries, output: commonJs },
    },
  },
  preload: {
    plugins: [bundledPackages()],
    build: {
      target: NODE_TARGET,
      outDir: outputFolder('preload'),
      externalizeDeps: false,
      rolldownOptions: { input: { index: path.join(root, 'src-preload/index.ts') }, output: commonJs },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [vue(), bundledPackages()],
    build: {
      target: CHROMIUM_TARGET,
      // Half the bytes to parse before the first picture; electron-vite would leave them as they are.
      minify: true,
      outDir: outputFolder('renderer'),
      rolldownOptions: { input: { index: path.join(root, 'src-renderer/index.html') } },
    },
  },
};

/** scripts/setup/build.mjs asks only for the parts whose sources changed. */
const parts = process.env['VIVARIUM_BUILD_PARTS']?.split(',');

export default defineConfig(
  parts ? Object.fromEntries(Object.entries(config).filter(([part]) => parts.includes(part))) : config,
);
