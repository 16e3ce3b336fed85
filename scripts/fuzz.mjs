// Runs test/fuzz: random code on the engine, for as long as --minutes says.
import { build } from 'esbuild';
import { inRoot, root } from './setup/paths.mjs';

const outfile = inRoot('node_modules/.cache/fuzz/main.mjs');
process.chdir(root);
await build({ entryPoints: [inRoot('test/fuzz/main.ts')], bundle: true, platform: 'node', format: 'esm', outfile });
await import(outfile);
