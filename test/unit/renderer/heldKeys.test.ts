import { describe, expect, test } from 'vitest';
import { HeldKeys, type HostKey } from '../../../src-renderer/features/screen/HeldKeys.ts';

/** Times in milliseconds; by hand, one stroke comes a good while after the other. */
let now = 0;
const later = (afterMs: number): number => (now += afterMs);
const down = (code: string, key: string, afterMs = 80): HostKey => ({
  ...{ type: 'keydown', code, key },
  ...{ repeat: false, timeStamp: later(afterMs) },
});
const again = (code: string, key: string): HostKey => ({ ...down(code, key), repeat: true });
const up = (code: string, key: string): HostKey => ({ ...down(code, key), type: 'keyup' });

/** What the guest's keyboard does: `+` for a key that goes down, `-` for one that goes up. */
function guestKeys(events: readonly HostKey[], keys = new HeldKeys()): string {
  const strokes = events.flatMap((event) => keys.strokesOf(event));
  return strokes.map(({ code, pressed }) => `${pressed ? '+' : '-'}${code}`).join(' ');
}

describe('a key goes to the guest by its place, whatever the host’s layout makes of it', () => {
  test.each([
    ['US', 'KeyY', 'y'],
    ['German', 'KeyY', 'z'],
    ['German', 'Minus', 'ß'],
    ['German', 'IntlBackslash', '<'],
    ['French', 'KeyQ', 'a'],
    ['French', 'Digit1', '&'],
    ['French', 'Semicolon', 'm'],
    ['Swiss, a dead key', 'Equal', 'Dead'],
    ['Brazilian', 'IntlRo', '/'],
    ['Japanese', 'IntlYen', '¥'],
    ['Chinese, with an input method', 'KeyN', 'Process'],
    ['Russian', 'KeyA', 'ф'],
  ])('%s: %s, which types %s', (_, code, key) => {
    expect(guestKeys([down(code, key), up(code, key)])).toBe(`+${code} -${code}`);
  });
});

describe('AltGr', () => {
  test('of a layout on Linux is the right Alt', () => {
    const events = [down('AltRight', 'AltGraph'), down('KeyQ', '@'), up('KeyQ', '@'), up('AltRight', 'AltGraph')];
    expect(guestKeys(events)).toBe('+AltRight +KeyQ -KeyQ -AltRight');
  });

  test('of a layout on Windows is so too: the left Ctrl that Windows adds is taken back', () => {
    const events = [
      down('ControlLeft', 'Control'),
      down('AltRight', 'AltGraph', 0),
      again('ControlLeft', 'Control'),
      again('AltRight', 'AltGraph'),
      down('KeyQ', '@'),
      up('KeyQ', '@'),
      up('ControlLeft', 'Control'),
      up('AltRight', 'AltGraph'),
    ];
    expect(guestKeys(events)).toBe('+ControlLeft -ControlLeft +AltRight +AltRight +KeyQ -KeyQ -AltRight');
  });

  test('and a Ctrl that somebody presses stay both, whichever comes first', () => {
    const first = [down('ControlLeft', 'Control'), again('ControlLeft', 'Control'), down('AltRight', 'AltGraph')];
    expect(guestKeys(first)).toBe('+ControlLeft +ControlLeft +AltRight');
    const second = [down('AltRight', 'AltGraph'), down('ControlLeft', 'Control')];
    expect(guestKeys(second)).toBe('+AltRight +ControlLeft');
  });

  test('of a layout without one is Alt, and Ctrl beside it is Ctrl', () => {
    const events = [down('ControlLeft', 'Control'), down('AltRight', 'Alt', 0), down('Delete', 'Delete')];
    expect(guestKeys(events)).toBe('+ControlLeft +AltRight +Delete');
  });
});

test('on macOS keys come up with Command, since nobody tells when they do', () => {
  const events = [down('ShiftLeft', 'Shift'), down('MetaLeft', 'Meta'), down('KeyC', 'c'), up('MetaLeft', 'Meta')];
  expect(guestKeys(events)).toBe('+ShiftLeft +MetaLeft +KeyC -KeyC -MetaLeft');
});

test('nothing stays down when the host takes its keyboard back', () => {
  const keys = new HeldKeys();
  guestKeys([down('ShiftLeft', 'Shift'), down('KeyA', 'A'), up('KeyA', 'A')], keys);
  expect(keys.release()).toEqual([{ code: 'ShiftLeft', pressed: false }]);
  expect(keys.release()).toEqual([]);
});

test('a key that went down elsewhere does not come up in the guest, and one without a place is left out', () => {
  expect(guestKeys([up('Enter', 'Enter'), down('Unidentified', 'x'), down('', 'y')])).toBe('');
});
