// Records on this computer's processor what test/oracle compares the engine with. Wants gcc with -m32.
import { build } from 'esbuild';
import { inRoot, root } from './setup/paths.mjs';

const outfile = inRoot('node_modules/.cache/oracle/record.mjs');
process.chdir(root);
await build({ entryPoints: [inRoot('test/oracle/record.ts')], bundle: true, platform: 'node', format: 'esm', outfile });
await import(outfile);
