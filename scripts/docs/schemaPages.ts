import type { z } from 'zod';
import { CONTROL_CALLS } from '../../src-main/control/Control.ts';
import { snapshotEntry } from '../../src-main/hypervisor/snapshots/SnapshotTree.ts';
import { storedMachine } from '../../src-main/hypervisor/storage/StoredMachine.ts';
import { contract } from '../../src-preload/contract/contract.ts';
import { page, table } from './markdown.ts';
import { describeSchema } from './describeSchema.ts';

/** docs/reference/store-files.md: the JSON of a store's folder, field by field. */
export function storeFilesPage(): string {
  return page('Fields of a store’s files', 'the zod schemas in `src-main/hypervisor`', [
    'How these files lie in a store, and what keeps them whole: [File formats](../file-formats.md).',
    '## machine.json: `machine`',
    fields(storedMachine),
    '## snapshots.json: each snapshot',
    fields(snapshotEntry),
  ]);
}

/** docs/reference/control-calls.md: what may be called over the control socket. */
export function controlCallsPage(): string {
  const firstPlaces = new Map<string, string>();
  const shape = (schema: z.ZodType, place: string): string => {
    const { noun, rows } = describeSchema(schema);
    if (rows.length === 0) return noun;
    const fieldTable = fieldsOf(rows);
    const first = firstPlaces.get(fieldTable);
    if (first !== undefined) return `${noun}, with the fields of ${first}`;
    firstPlaces.set(fieldTable, place);
    return `${noun}\n\n${fieldTable}`;
  };
  const chapters = CONTROL_CALLS.flatMap((name) => {
    const { input, output } = contract[name];
    const [asked, answered] = [`the input of \`${name}\``, `the answer of \`${name}\``];
    return [`## ${name}`, `Input: ${shape(input, asked)}`, `Answer: ${shape(output, answered)}`];
  });
  return page('Calls of the control protocol', 'the zod schemas in `src-preload/contract`', [
    'How they are sent, and what comes back when one is refused: [The control protocol](../control-protocol.md).',
    ...chapters,
  ]);
}

const fieldsOf = (rows: readonly string[][]): string => table(['field', 'what it holds'], rows);

const fields = (schema: z.ZodType): string => fieldsOf(describeSchema(schema).rows);
