/** What `VirtualRows` lets its owner do. */
export interface RowScroller {
  /** Brings a row into view: to the top or the end, or, if it is not in sight already, with some rows before it. */
  scrollToRow(index: number, place?: 'start' | 'nearest' | 'end'): void;
  /** Keeps what is in view where it is when so many rows have come before it. */
  shift(rows: number): void;
}
