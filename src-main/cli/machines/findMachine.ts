import { UsageError } from '../ExitStatus.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The machine that a word names: by its id, its name, its name in another case, or the beginning of either that no other
 * machine shares. Throws {@link UsageError}.
 */
export function findMachine<Machine extends Named>(machines: readonly Machine[], word: string): Machine {
  const lower = word.toLowerCase();
  const ways: readonly ((machine: Machine) => boolean)[] = [
    ({ id }) => id === word,
    ({ name }) => name === word,
    ({ name }) => name.toLowerCase() === lower,
    ({ id, name }) => name.toLowerCase().startsWith(lower) || id.startsWith(lower) || id.startsWith(`vm-${lower}`),
  ];
  for (const way of word === '' ? [] : ways) {
    const found = machines.filter(way);
    const [only] = found;
    if (found.length > 1) throw new UsageError(`“${word}” could be any of these; write more of one:\n${listOf(found)}`);
    if (only) return only;
  }
  if (machines.length === 0)
    throw new UsageError(`There is no machine “${word}”, nor any other; \`vivarium create\` makes one.`);
  throw new UsageError(`There is no machine “${word}”. There are:\n${listOf(machines)}`);
}

/** More than anybody reads. */
const LISTED_MOST = 20;

function listOf(machines: readonly Named[]): string {
  const width = Math.max(...machines.map(({ name }) => name.length));
  const lines = machines.slice(0, LISTED_MOST).map(({ id, name }) => `  ${name.padEnd(width)}  ${id}`);
  if (machines.length > LISTED_MOST) lines.push(`  and ${machines.length - LISTED_MOST} more`);
  return lines.join('\n');
}
