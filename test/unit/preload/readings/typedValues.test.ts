import { expect, test } from 'vitest';
import { typedValues } from '../../../../src-preload/contract/readings/typedValues.ts';

function valuesOf(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(typedValues(bytes).map(({ type, text }) => [type, text]));
}

test('bytes are read as numbers of every width, the lowest byte first', () => {
  expect(valuesOf(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0, 0, 0xf0, 0xbf, 0x77))).toMatchObject({
    u8: '254',
    i8: '-2',
    u16: '65534',
    i16: '-2',
    u32: '4294967294',
    i32: '-2',
    u64: '13830554459949760510',
    i64: '-4616189613759791106',
    f32: 'NaN',
  });
  expect(valuesOf(new Uint8Array(new Float64Array([-1.5]).buffer))).toMatchObject({ f64: '-1.5' });
  expect(valuesOf(new Uint8Array(new Float32Array([0.1]).buffer))).toMatchObject({ f32: '0.1' });
});

test('where memory ends, wider numbers have no value', () => {
  expect(valuesOf(Uint8Array.of(1, 2))).toMatchObject({ u8: '1', u16: '513', u32: '', f64: '' });
  expect(Object.values(valuesOf(new Uint8Array(0))).join('')).toBe('');
});

test.each([
  { what: 'up to its end', content: [0x6f, 0x6b, 0, 0x78], text: 'ok' },
  { what: 'in UTF-8', content: [0xe4, 0xbd, 0xa0, 0x21], text: '你!' },
  { what: 'up to what is none', content: [0x61, 0xff, 0x62], text: 'a' },
  { what: 'nowhere', content: [0x07, 0x61], text: '' },
])('text is read $what', ({ content, text }) => {
  expect(valuesOf(Uint8Array.from(content))['text']).toBe(text);
});
