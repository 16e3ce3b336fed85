import { describe, expect, test } from 'vitest';
import {
  exceptionsOf,
  floatText,
  laneTexts,
  precisionOf,
  roundingOf,
  topOf,
  type LaneType,
} from '../../../../src-preload/contract/readings/lanes.ts';

describe('lanes of a vector register', () => {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, 0.1, true);
  view.setFloat32(4, -0, true);
  view.setFloat64(8, 1e300, true);

  test.each([
    { type: 'f64', lowest: '-0.5' },
    { type: 'f32', lowest: '0.1' },
    { type: 'i8', lowest: '-51' },
    { type: 'u8', lowest: '205' },
    { type: 'i16', lowest: '-13107' },
    { type: 'hex', lowest: '3dcccccd' },
    { type: 'u64', lowest: '9223372037891607757' },
  ] satisfies { type: LaneType; lowest: string }[])('as $type, the lowest last', ({ type, lowest }) => {
    if (type === 'f64') view.setFloat64(0, Number(lowest), true);
    else {
      view.setFloat32(0, 0.1, true);
      view.setFloat32(4, -0, true);
    }
    expect(laneTexts(bytes, type).at(-1)).toBe(lowest);
  });

  test('the highest comes first', () => {
    expect(laneTexts(bytes, 'f64')[0]).toBe('1e+300');
    expect(laneTexts(bytes, 'i8')).toHaveLength(16);
  });
});

test.each([
  [NaN, 'NaN'],
  [-Infinity, '-∞'],
  [-0, '-0'],
  [1 / 3, '0.3333333333333333'],
  [100, '100'],
])('a value of %d reads %s', (value, text) => {
  expect(floatText(value)).toBe(text);
});

test('control words are told in parts', () => {
  expect(exceptionsOf(0b10_0101)).toBe('IE ZE PE');
  expect(exceptionsOf(0x1f80, 7)).toBe('IE DE ZE OE UE PE');
  expect([roundingOf(0x0c00, 10), roundingOf(0x2000, 13), roundingOf(0x037f, 10)]).toEqual(['zero', 'down', 'nearest']);
  expect([precisionOf(0x037f), precisionOf(0x027f)]).toEqual([64, 53]);
  expect(topOf(0x3800)).toBe(7);
});
