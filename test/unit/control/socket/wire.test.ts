import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLine, encodeLine, LineSplitter } from '../../../../src-main/control/socket/wire.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const withoutEnd = (line: string): Uint8Array => bytesOf(line.slice(0, -1));

describe('a message as a line', () => {
  test('has its bytes back, wherever they lie', () => {
    const message = { id: 1, deep: [{ bytes: Uint8Array.of(0, 10, 255) }], buffer: Buffer.from('hi') };
    expect(decodeLine(withoutEnd(encodeLine(message)))).toEqual({
      id: 1,
      deep: [{ bytes: Uint8Array.of(0, 10, 255) }],
      buffer: new Uint8Array(bytesOf('hi')),
    });
  });

  test.each([
    ['a quadword', 0xffff_ffff_ffff_ffffn],
    ['a negative one', -(2n ** 63n)],
    ['registers', BigUint64Array.of(0n, 0x8000_0000_0000_0001n)],
    ['times', Float64Array.of(0.1, 2 ** 53)],
    ['no number', NaN],
    ['an infinity', -Infinity],
    ['a negative zero', -0],
    ['doubles that are none, or have a sign alone', Float64Array.of(NaN, -0, Infinity)],
  ])('has %s back, to the bit', (_, value) => {
    expect(decodeLine(withoutEnd(encodeLine({ deep: [value] })))).toEqual({ deep: [value] });
  });

  test('says 64-bit values in decimal, for programs whose JSON knows doubles alone', () => {
    expect(encodeLine({ value: 2n ** 64n - 1n, all: BigUint64Array.of(7n) })).toBe(
      '{"value":{"$integer":"18446744073709551615"},"all":{"$quadwords":["7"]}}\n',
    );
  });

  test('is one line, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const line = encodeLine({ value });
        expect(line.indexOf('\n')).toBe(line.length - 1);
      }),
    );
  });

  test.each([
    { $bytes: 7 },
    { $bytes: 'AAAA', more: 1 },
    { $integer: '1e9' },
    { $integer: '1'.repeat(21) },
    { $quadwords: ['1', 2] },
    { $doubles: ['1'] },
    { $number: '7' },
    { $other: '7' },
  ])('keeps %j as it is', (value) => {
    expect(decodeLine(bytesOf(JSON.stringify(value)))).toEqual(value);
  });

  test('of bytes that are no text is an error', () => {
    expect(() => decodeLine(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError);
  });

  test('that nests deeper than the stack is an error like any other', () => {
    expect(() => decodeLine(bytesOf('['.repeat(400_000) + ']'.repeat(400_000)))).toThrow(RangeError);
  });
});

describe('lines', () => {
  test('come whole, however they are cut', () => {
    const text = 'one\ntwo\n\nthree\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (places) => {
        const splitter = new LineSplitter(100);
        const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
        const lines = cuts.slice(1).flatMap((end, index) => {
          const got = splitter.push(bytesOf(text.slice(cuts[index], end)));
          return got === 'too-long' ? ['too long'] : got.map((line) => new TextDecoder().decode(line));
        });
        expect(lines).toEqual(['one', 'two', '', 'three']);
      }),
    );
  });

  test('may be as long as the limit and no longer, in one piece or in many', () => {
    expect(new LineSplitter(4).push(bytesOf('abcd\n'))).toHaveLength(1);
    expect(new LineSplitter(4).push(bytesOf('abcde\n'))).toBe('too-long');
    const splitter = new LineSplitter(4);
    expect(splitter.push(bytesOf('ab'))).toEqual([]);
    expect(splitter.push(bytesOf('cd'))).toEqual([]);
    expect(splitter.push(bytesOf('e'))).toBe('too-long');
  });
});
