// Runs test/soak: machines made, run, snapshotted and deleted at random, for as long as --minutes says.
import { importSource } from './setup/importSource.mjs';
import { root } from './setup/paths.mjs';

process.chdir(root);
await importSource('test/soak/main.ts');
