import { describe, expect, test } from 'vitest';
import { findKey } from '../../../../src-main/machine/keyboard/keys.ts';
import {
  KEYBOARD_LAYOUTS,
  LAYOUT_TABLES,
  TYPING_KEYS,
  type KeyboardLayout,
} from '../../../../src-main/machine/keyboard/layouts.ts';
import { strokesOf } from '../../../../src-main/machine/keyboard/strokes.ts';

/** `Shift+Digit1`, one after the other where a character takes several. */
function pressed(layout: KeyboardLayout, character: string): string | undefined {
  return strokesOf(layout)
    .of(character)
    ?.map(({ code, held }) => [...held, code].join('+'))
    .join(' ');
}

/** Whoever pastes a program or a command needs all of these. */
const ASCII = Array.from({ length: 0x7e - 0x20 + 1 }, (_, index) => String.fromCharCode(0x20 + index));

describe.each(KEYBOARD_LAYOUTS)('the layout %s', (layout) => {
  test('types every character of ASCII, each in a way of its own', () => {
    const ways = ASCII.map((character) => pressed(layout, character));
    expect(ASCII.filter((_, index) => ways[index] === undefined)).toEqual([]);
    expect(new Set(ways).size).toBe(ASCII.length);
  });

  test('has a place for each of its characters, on a key that the keyboard has', () => {
    const { plain, shift, altGr, shiftAltGr } = LAYOUT_TABLES[layout];
    for (const rows of [plain, shift, altGr, shiftAltGr]) {
      rows?.forEach((row, index) => expect([...row].length).toBeLessThanOrEqual(TYPING_KEYS[index]?.length ?? 0));
    }
    expect(TYPING_KEYS.flat().filter((code) => findKey(code) === undefined)).toEqual([]);
  });

  test('has its letters on the keys that the same letters in upper case are on', () => {
    const letters = ASCII.filter((character) => /[a-z]/.test(character));
    expect(letters.map((letter) => pressed(layout, letter.toUpperCase()))).toEqual(
      letters.map((letter) => `ShiftLeft+${pressed(layout, letter)}`),
    );
  });
});

// As the keycaps of these keyboards show it.
test.each<[KeyboardLayout, string, string]>([
  ['us', '"', 'ShiftLeft+Quote'],
  ['gb', '"', 'ShiftLeft+Digit2'],
  ['gb', '#', 'Backslash'],
  ['gb', '\\', 'IntlBackslash'],
  ['de', 'z', 'KeyY'],
  ['de', '@', 'AltRight+KeyQ'],
  ['de', '\\', 'AltRight+Minus'],
  ['de', '{', 'AltRight+Digit7'],
  ['de', '|', 'AltRight+IntlBackslash'],
  ['de', 'ß', 'Minus'],
  ['de', '/', 'ShiftLeft+Digit7'],
  ['ch', '$', 'Backslash'],
  ['ch', '{', 'AltRight+Quote'],
  ['fr', 'a', 'KeyQ'],
  ['fr', '1', 'ShiftLeft+Digit1'],
  ['fr', 'm', 'Semicolon'],
  ['fr', '.', 'ShiftLeft+Comma'],
  ['fr', '@', 'AltRight+Digit0'],
  ['es', 'ñ', 'Semicolon'],
  ['es', '/', 'ShiftLeft+Digit7'],
  ['pt', '~', 'Backslash Space'],
  ['br', '/', 'IntlRo'],
  ['br', 'ç', 'Semicolon'],
  ['it', '{', 'ShiftLeft+AltRight+BracketLeft'],
  ['it', '@', 'AltRight+Semicolon'],
  ['se', 'å', 'BracketLeft'],
  ['se', '\\', 'AltRight+Minus'],
  ['no', 'ø', 'Semicolon'],
  ['dk', 'ø', 'Quote'],
  ['jp', '@', 'BracketLeft'],
  ['jp', '\\', 'IntlRo'],
  ['jp', '|', 'ShiftLeft+IntlYen'],
])('in %s, %s is %s', (layout, character, keys) => {
  expect(pressed(layout, character)).toBe(keys);
});

describe('an accent that waits for the next letter', () => {
  test.each<[KeyboardLayout, string, string]>([
    ['de', '^', 'Backquote Space'],
    ['de', 'é', 'Equal KeyE'],
    ['de', 'À', 'ShiftLeft+Equal ShiftLeft+KeyA'],
    ['fr', 'ê', 'BracketLeft KeyE'],
    ['fr', 'ï', 'ShiftLeft+BracketLeft KeyI'],
    ['br', 'ã', 'Quote KeyA'],
    ['se', 'ñ', 'AltRight+BracketRight KeyN'],
  ])('in %s, %s is %s', (layout, character, keys) => {
    expect(pressed(layout, character)).toBe(keys);
  });

  test('is not typed before a letter whose own key the layout has', () => {
    expect(pressed('fr', 'é')).toBe('Digit2');
  });
});

test('a character of another script has no keys', () => {
  expect(pressed('de', '中')).toBeUndefined();
  expect(pressed('us', 'é')).toBeUndefined();
});
