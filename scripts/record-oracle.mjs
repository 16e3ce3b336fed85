// Records on this computer's processor what test/oracle compares the engine with. Wants gcc with -m32.
import { importSource } from './setup/importSource.mjs';
import { root } from './setup/paths.mjs';

process.chdir(root);
await importSource('test/oracle/record.ts');
