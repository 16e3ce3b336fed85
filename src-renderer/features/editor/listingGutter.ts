import { RangeSetBuilder, StateEffect, StateField, type Extension } from '@codemirror/state';
import { GutterMarker, gutter } from '@codemirror/view';
import type { ListingLine } from '../../../src-preload/contract/programs.ts';
import { hex } from '../format/numbers.ts';

const BYTES_SHOWN = 6;

/** Puts the assembler's listing beside the lines; null takes it away. */
export const setListing = StateEffect.define<readonly ListingLine[] | null>();

class ListingMarker extends GutterMarker {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: ListingMarker): boolean {
    return other.text === this.text;
  }

  override toDOM(): Node {
    return document.createTextNode(this.text);
  }
}

function markerText({ address, bytes }: ListingLine): string {
  const shown = [...bytes.slice(0, BYTES_SHOWN)].map((byte) => hex(byte, 2)).join(' ');
  return `${hex(address, 5)}  ${shown}${bytes.length > BYTES_SHOWN ? '…' : ''}`;
}

const listingField = StateField.define<ReadonlyMap<number, ListingMarker>>({
  create: () => new Map(),
  update(markers, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setListing)) continue;
      const next = new Map<number, ListingMarker>();
      for (const line of effect.value ?? []) {
        // A line may have several pieces (TIMES, a macro): the first says where it begins.
        if (line.bytes.length > 0 && !next.has(line.line)) next.set(line.line, new ListingMarker(markerText(line)));
      }
      return next;
    }
    // After an edit the addresses no longer hold.
    return transaction.docChanged && markers.size > 0 ? new Map() : markers;
  },
});

/** A gutter with the address and bytes of each assembled line. */
export const listingGutter: Extension = [
  listingField,
  gutter({
    class: 'cm-listing',
    markers(view) {
      const builder = new RangeSetBuilder<GutterMarker>();
      const markers = view.state.field(listingField);
      for (let number = 1; number <= view.state.doc.lines; number++) {
        const marker = markers.get(number);
        if (!marker) continue;
        const { from } = view.state.doc.line(number);
        builder.add(from, from, marker);
      }
      return builder.finish();
    },
  }),
];
