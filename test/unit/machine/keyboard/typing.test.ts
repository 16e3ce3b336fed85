import { describe, expect, test } from 'vitest';
import { parseTyping, typePlainText, type TypingStep } from '../../../../src-main/machine/keyboard/typing.ts';

function written(steps: readonly TypingStep[]): string {
  return steps
    .map((step) => ('pauseMs' in step ? `wait${step.pauseMs}` : `${step.isDown ? '+' : '-'}${step.code}`))
    .join(' ');
}

test.each([
  ['a', '+KeyA -KeyA'],
  ['A', '+ShiftLeft +KeyA -KeyA -ShiftLeft'],
  ['!', '+ShiftLeft +Digit1 -Digit1 -ShiftLeft'],
  [' ', '+Space -Space'],
  ['\\n', '+Enter -Enter'],
  ['\n', '+Enter -Enter'],
  ['\\\\', '+Backslash -Backslash'],
  ['\\{', '+ShiftLeft +BracketLeft -BracketLeft -ShiftLeft'],
  ['}', '+ShiftLeft +BracketRight -BracketRight -ShiftLeft'],
  ['{f1}', '+F1 -F1'],
  ['{NumpadEnter}', '+NumpadEnter -NumpadEnter'],
  ['{ctrl+alt+del}', '+ControlLeft +AltLeft +Delete -Delete -AltLeft -ControlLeft'],
  ['{ctrl+c}', '+ControlLeft +KeyC -KeyC -ControlLeft'],
  ['x{wait 250}y', '+KeyX -KeyX wait250 +KeyY -KeyY'],
])('%j', (text, expected) => {
  expect(written(parseTyping(text))).toBe(expected);
});

describe('mistakes are named with their place', () => {
  test.each([
    ['ab{f1', '{ at character 3 of the keys is not closed; write \\{ for the character.'],
    ['{hyper}', '{hyper} at character 1 of the keys names no key; use names like f1, up, enter, ctrl+c or wait 500.'],
    ['\\q', '\\q at character 1 of the keys: known are \\n \\t \\e \\b \\\\ and \\{.'],
    ['é', '"é" at character 1 of the keys has no key on a US keyboard.'],
  ])('%j', (text, message) => {
    expect(() => parseTyping(text)).toThrow(message);
  });
});

test('plain text knows no escapes and leaves out what it cannot type', () => {
  const { steps, missing } = typePlainText('{\r\né中é', 'us');
  expect(written(steps)).toBe('+ShiftLeft +BracketLeft -BracketLeft -ShiftLeft +Enter -Enter');
  expect(missing).toEqual(['é', '中']);
});

test.each([
  ['“it’s” – so', '"it\'s" - so'],
  ['a\u00a0b', 'a b'],
])('%o is typed as %o', (copied, plain) => {
  expect(typePlainText(copied, 'us')).toEqual(typePlainText(plain, 'us'));
});

test('what a layout has keys for is not replaced by what looks like it', () => {
  expect(written(typePlainText('´', 'de').steps)).toBe('+Equal -Equal +Space -Space');
});
