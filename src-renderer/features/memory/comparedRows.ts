/** Bytes to a row: two of them stand side by side. */
export const COMPARED_ROW_BYTES = 8;
const BEFORE_ROWS = 2;
const MOST_ROWS = 48;

export interface ComparedByte {
  readonly address: number;
  /** Empty where that memory has ended. */
  readonly text: string;
  readonly isDifferent: boolean;
}

export interface ComparedRow {
  readonly address: number;
  readonly left: readonly ComparedByte[];
  readonly right: readonly ComparedByte[];
}

/** What is shown of a range of differences: its rows, with a little around them. */
export function windowAround(
  { address, byteLength }: { readonly address: number; readonly byteLength: number },
  memoryBytes: number,
): { readonly address: number; readonly length: number } {
  const row = (at: number): number => Math.floor(at / COMPARED_ROW_BYTES) * COMPARED_ROW_BYTES;
  const first = Math.max(0, row(address) - BEFORE_ROWS * COMPARED_ROW_BYTES);
  const last = row(address + byteLength - 1) + (BEFORE_ROWS + 1) * COMPARED_ROW_BYTES;
  return { address: first, length: Math.min(last - first, MOST_ROWS * COMPARED_ROW_BYTES, memoryBytes - first) };
}

/** Both sides by rows. */
export function comparedRows(address: number, left: Uint8Array, right: Uint8Array): ComparedRow[] {
  const rows: ComparedRow[] = [];
  for (let start = 0; start < Math.max(left.length, right.length); start += COMPARED_ROW_BYTES) {
    const side = (bytes: Uint8Array): ComparedByte[] =>
      Array.from({ length: COMPARED_ROW_BYTES }, (_, index) => {
        const at = start + index;
        return {
          address: address + at,
          text: bytes[at]?.toString(16).padStart(2, '0') ?? '',
          isDifferent: left[at] !== right[at],
        };
      });
    rows.push({ address: address + start, left: side(left), right: side(right) });
  }
  return rows;
}
