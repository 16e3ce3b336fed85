import type { Snapshot } from '../../../src-preload/contract/snapshots.ts';
import { UsageError } from '../ExitStatus.ts';
import { columnsOf, padColumns } from '../textColumns.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Throws {@link UsageError}. */
export function findMachine<Machine extends Named>(machines: readonly Machine[], word: string): Machine {
  const missing = `There is no machine “${word}”`;
  return findNamed(machines, word, 'vm-', {
    none: `${missing}, nor any other; \`vivarium create\` makes one.`,
    other: `${missing}. There are:`,
  });
}

/** Throws {@link UsageError}. */
export function findSnapshot(snapshots: readonly Snapshot[], word: string, machine: string): Snapshot {
  return findNamed(snapshots, word, 'sn-', {
    none: `“${machine}” has no snapshots; \`vivarium snapshot "${machine}"\` takes one while it is on.`,
    other: `“${machine}” has no snapshot “${word}”. It has:`,
  });
}

/** Refuses a wish that names no snapshot, and says which there are. Throws {@link UsageError}. */
export function refuseWithoutSnapshot(snapshots: readonly Snapshot[], machine: string): never {
  if (snapshots.length === 0) return findSnapshot(snapshots, '', machine) as never;
  const command = `\`vivarium restore "${machine}" SNAPSHOT\``;
  throw new UsageError(`“${machine}” is a machine: write which of its snapshots, as in ${command}. It has:\n${listOf(snapshots)}`); // prettier-ignore
}

/**
 * What a word names: by its id, its name, its name in another case, or the beginning of either that no other shares.
 * The beginning of an id may leave out what all ids begin with.
 */
function findNamed<Item extends Named>(
  items: readonly Item[],
  word: string,
  idPrefix: string,
  messages: { readonly none: string; readonly other: string },
): Item {
  const lower = word.toLowerCase();
  const ways: readonly ((item: Item) => boolean)[] = [
    ({ id }) => id === word,
    ({ name }) => name === word,
    ({ name }) => name.toLowerCase() === lower,
    ({ id, name }) => name.toLowerCase().startsWith(lower) || id.startsWith(lower) || id.startsWith(idPrefix + lower),
  ];
  for (const way of word === '' ? [] : ways) {
    const found = items.filter(way);
    const [only] = found;
    if (found.length > 1) throw new UsageError(`“${word}” could be any of these; write more of one:\n${listOf(found)}`);
    if (only) return only;
  }
  throw new UsageError(items.length === 0 ? messages.none : `${messages.other}\n${listOf(items)}`);
}

/** More than anybody reads. */
const LISTED_MOST = 20;

function listOf(items: readonly Named[]): string {
  const width = Math.max(...items.map(({ name }) => columnsOf(name)));
  const lines = items.slice(0, LISTED_MOST).map(({ id, name }) => `  ${padColumns(name, width)}  ${id}`);
  if (items.length > LISTED_MOST) lines.push(`  and ${items.length - LISTED_MOST} more`);
  return lines.join('\n');
}
