// Runs test/fuzz: random code on the engine, for as long as --minutes says.
import { importSource } from './setup/importSource.mjs';
import { root } from './setup/paths.mjs';

process.chdir(root);
await importSource('test/fuzz/main.ts');
