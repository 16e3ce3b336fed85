import { readFile } from 'node:fs/promises';
import type { ThirdParty } from '../../../src-preload/contract/application.ts';

/**
 * Who has a part in the app, by name: the lists that the build left beside each of its parts, as one. A package of two
 * parts stands there once.
 */
export async function readThirdParties(lists: readonly string[]): Promise<ThirdParty[]> {
  const parties = new Map<string, ThirdParty>();
  for (const list of lists) {
    // Made by the build, with these fields.
    const packages = JSON.parse(await readFile(list, 'utf8')) as ThirdParty[];
    for (const party of packages) parties.set(`${party.name}@${party.version}`, party);
  }
  return [...parties.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
