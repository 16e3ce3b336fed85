import type { CodeBlock, Translation, TranslationLine } from '../../../src-preload/contract/inspection.ts';

/** A row of the listing: the head of a block, or a line of code. */
export type Row =
  | { readonly kind: 'block'; readonly key: string; readonly block: CodeBlock }
  | {
      readonly kind: 'line';
      readonly key: string;
      readonly line: TranslationLine;
      readonly block: CodeBlock | undefined;
    };

/** Each block's lines behind its head. */
export function rowsOf({ lines, blocks }: Pick<Translation, 'lines' | 'blocks'>): Row[] {
  return lines.flatMap((line, index): Row[] => {
    const block = line.block === null ? undefined : blocks[line.block];
    const row = { kind: 'line' as const, key: `${line.line.linearAddress}`, line, block };
    const isEntered = line.block !== null && line.block !== lines[index - 1]?.block;
    return block && isEntered ? [{ kind: 'block', key: `${row.key} head`, block }, row] : [row];
  });
}

/** Where the row of an address stands; -1: nowhere. */
export function indexOfAddress(rows: readonly Row[], linearAddress: number): number {
  return rows.findIndex((row) => row.kind === 'line' && row.line.line.linearAddress === linearAddress);
}
