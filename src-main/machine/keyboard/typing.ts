import { SnapshotError } from '../snapshot.ts';
import { findKey, type KeyEvent } from './keys.ts';

/** What typing a text does, in order: keys, and pauses in milliseconds. */
export type TypingStep = KeyEvent | { readonly pauseMs: number };

/** Steps out of a snapshot or a recording; throws {@link SnapshotError} on anything else. */
export function readTypingSteps(value: unknown): TypingStep[] {
  if (!Array.isArray(value)) throw new SnapshotError('steps is no list of keys to type in the snapshot');
  return value.map((step: unknown) => {
    const { code, isDown, pauseMs } = Object(step) as Readonly<Record<string, unknown>>;
    if (typeof code === 'string' && findKey(code) && typeof isDown === 'boolean') return { code, isDown };
    if (typeof pauseMs === 'number' && pauseMs >= 0 && Number.isSafeInteger(pauseMs * 1e6)) return { pauseMs };
    throw new SnapshotError('steps holds something else than keys and pauses in the snapshot');
  });
}

/** A mistake in a text with escapes: what and where. */
export class TypingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TypingError';
  }
}

/** Keys of a US keyboard, unshifted and shifted. */
// prettier-ignore
const US_KEYS: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'], ['Digit1', '1', '!'], ['Digit2', '2', '@'], ['Digit3', '3', '#'], ['Digit4', '4', '$'],
  ['Digit5', '5', '%'], ['Digit6', '6', '^'], ['Digit7', '7', '&'], ['Digit8', '8', '*'], ['Digit9', '9', '('],
  ['Digit0', '0', ')'], ['Minus', '-', '_'], ['Equal', '=', '+'], ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'], ['Backslash', '\\', '|'], ['Semicolon', ';', ':'], ['Quote', "'", '"'],
  ['Comma', ',', '<'], ['Period', '.', '>'], ['Slash', '/', '?'], ['Space', ' ', ' '], ['Enter', '\n', '\r'],
  ['Tab', '\t', '\t'], ['Escape', '\x1b', '\x1b'], ['Backspace', '\b', '\x7f'],
  ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => [`Key${letter.toUpperCase()}`, letter, letter.toUpperCase()] as const),
];

interface Stroke {
  readonly code: string;
  readonly isShifted: boolean;
}

const STROKES: ReadonlyMap<string, Stroke> = new Map([
  ...US_KEYS.map(([code, , shifted]) => [shifted, { code, isShifted: /^[!-~]$/.test(shifted) }] as const),
  ...US_KEYS.map(([code, plain]) => [plain, { code, isShifted: false }] as const),
]);

/** Names in braces, beside the `KeyboardEvent.code` names themselves; all without regard to case. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...Array.from({ length: 12 }, (_, index) => [`f${index + 1}`, `F${index + 1}`] as const),
  ...Object.entries({
    enter: 'Enter',
    return: 'Enter',
    esc: 'Escape',
    escape: 'Escape',
    tab: 'Tab',
    space: 'Space',
    backspace: 'Backspace',
    insert: 'Insert',
    ins: 'Insert',
    delete: 'Delete',
    del: 'Delete',
    home: 'Home',
    end: 'End',
    pageup: 'PageUp',
    pagedown: 'PageDown',
    up: 'ArrowUp',
    down: 'ArrowDown',
    left: 'ArrowLeft',
    right: 'ArrowRight',
    ctrl: 'ControlLeft',
    control: 'ControlLeft',
    alt: 'AltLeft',
    shift: 'ShiftLeft',
    meta: 'MetaLeft',
    win: 'MetaLeft',
    printscreen: 'PrintScreen',
    pause: 'Pause',
    capslock: 'CapsLock',
    numlock: 'NumLock',
    scrolllock: 'ScrollLock',
    menu: 'ContextMenu',
  }),
]);

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\n',
  t: '\t',
  e: '\x1b',
  b: '\b',
  '\\': '\\',
  '{': '{',
};

/** Keys that type plain text on a US keyboard; characters that it has no key for are left out. */
export function typePlainText(text: string): readonly TypingStep[] {
  return Array.from(text.replaceAll('\r\n', '\n')).flatMap((character) => strokeSteps(STROKES.get(character)));
}

/**
 * Keys that type a text with escapes:
 * - `\n` Enter, `\t` Tab, `\e` Escape, `\b` Backspace, `\\` a backslash, `\{` an opening brace
 * - `{f1}`, `{up}`, `{del}`: a key by name, or by its `KeyboardEvent.code` as in `{NumpadEnter}`
 * - `{ctrl+alt+del}`, `{shift+a}`: keys held together
 * - `{wait 500}`: a pause, in milliseconds of the machine's time
 *
 * Throws {@link TypingError}.
 */
export function parseTyping(text: string): readonly TypingStep[] {
  const steps: TypingStep[] = [];
  const pattern = /\\(.)|\{([^}]*)(\}?)|\r\n|([^])/gu;
  for (const match of text.matchAll(pattern)) {
    const [whole, escaped, name, closing, plain] = match;
    const place = `at character ${match.index + 1} of the keys`;
    if (escaped !== undefined) {
      const character = ESCAPES[escaped];
      if (character === undefined)
        throw new TypingError(`\\${escaped} ${place}: known are \\n \\t \\e \\b \\\\ and \\{.`);
      steps.push(...strokeSteps(STROKES.get(character)));
    } else if (name !== undefined) {
      if (closing === '') throw new TypingError(`{ ${place} is not closed; write \\{ for the character.`);
      steps.push(...namedSteps(name, place));
    } else {
      const stroke = STROKES.get(plain ?? '\n');
      if (stroke === undefined) {
        throw new TypingError(`"${whole}" ${place} has no key on a US keyboard.`);
      }
      steps.push(...strokeSteps(stroke));
    }
  }
  return steps;
}

function strokeSteps(stroke: Stroke | undefined): readonly TypingStep[] {
  if (stroke === undefined) return [];
  return hold(stroke.isShifted ? ['ShiftLeft', stroke.code] : [stroke.code]);
}

function namedSteps(name: string, place: string): readonly TypingStep[] {
  const pause = /^wait\s+(\d{1,7})$/i.exec(name)?.[1];
  if (pause !== undefined) return [{ pauseMs: Number(pause) }];
  return hold(name.split('+').map((part) => keyCode(part.trim(), place)));
}

function keyCode(name: string, place: string): string {
  const byName = NAMES.get(name.toLowerCase()) ?? (findKey(name) === undefined ? undefined : name);
  const code = byName ?? STROKES.get(name)?.code;
  if (code === undefined) {
    throw new TypingError(`{${name}} ${place} names no key; use names like f1, up, enter, ctrl+c or wait 500.`);
  }
  return code;
}

/** Presses keys in order and lets go of them in the opposite one. */
function hold(codes: readonly string[]): readonly TypingStep[] {
  return [
    ...codes.map((code) => ({ code, isDown: true })),
    ...codes.toReversed().map((code) => ({ code, isDown: false })),
  ];
}
