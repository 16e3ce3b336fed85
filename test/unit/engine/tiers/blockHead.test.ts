import { beforeEach, expect, test } from 'vitest';
import {
  addEntries,
  beginCounting,
  countAgain,
  entriesOf,
  entriesUntilHot,
  isCounting,
  placeRegion,
} from '../../../../src-main/engine/tiers/threaded/blockHead.ts';
import { RECORD } from '../../../../src-main/engine/tiers/threaded/record.ts';

const HEAD = 64;
/** A handler that does more than to count, and a region's place in the table. */
const HANDLER = 7123,
  SLOT = 40_000;
const hotness = { threshold: 100, nowMs: () => 5 };

let view: DataView;
const handler = (): number => view.getUint32(HEAD + RECORD.handler, true);

beforeEach(() => {
  view = new DataView(new ArrayBuffer(256));
  view.setUint32(HEAD + RECORD.handler, HANDLER, true);
  beginCounting(view, HEAD, hotness);
  view.setInt32(HEAD + RECORD.immediate, 60, true);
});

test('a head that counts on keeps its handler and the entries that it has counted', () => {
  countAgain(view, HEAD, hotness);
  expect([handler(), entriesOf(view, HEAD), entriesUntilHot(view, HEAD)]).toEqual([HANDLER, 40, 100]);
});

test('a region stands in the place of a head, and gives it back the handler that it had', () => {
  placeRegion(view, HEAD, SLOT);
  expect([handler(), isCounting(view, HEAD)]).toEqual([SLOT, false]);
  placeRegion(view, HEAD, SLOT + 1);
  addEntries(view, HEAD, 1000);
  countAgain(view, HEAD, hotness);
  expect([handler(), isCounting(view, HEAD), entriesOf(view, HEAD)]).toEqual([HANDLER, true, 1040]);
});
