import { setFlagsFromString } from 'node:v8';

/** Later versions of V8 heed branch hints without being asked. */
const LAST_ASKED = 13;

/**
 * Has V8 heed the branch hints of modules that are compiled from now on, in all threads: what regions hardly ever
 * do is then laid aside, and their loops keep guest registers in the host's.
 */
export function heedBranchHints(): void {
  const major = Number.parseInt(process.versions.v8, 10);
  if (major <= LAST_ASKED) setFlagsFromString('--experimental-wasm-branch-hinting');
}
