import { SnapshotError } from '../snapshot.ts';
import { findKey, type KeyEvent } from './keys.ts';
import type { KeyboardLayout } from './layouts.ts';
import { type Stroke, strokesOf } from './strokes.ts';

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

/** Characters that word processors put in place of what is on every keyboard. */
const LOOK_ALIKES: readonly (readonly [characters: RegExp, plain: string])[] = [
  [/[\u2018\u2019]/, "'"],
  [/[\u201c\u201d]/, '"'],
  [/[\u2010-\u2015\u2212]/, '-'],
  [/\u00a0/, ' '],
];

export interface PlainTyping {
  readonly steps: readonly TypingStep[];
  /** Characters that no keys of the layout type, each once, in order of appearance. */
  readonly missing: readonly string[];
}

/** Keys that type plain text in a system that is set to a layout. */
export function typePlainText(text: string, layout: KeyboardLayout): PlainTyping {
  const strokes = strokesOf(layout);
  const missing = new Set<string>();
  const steps: TypingStep[] = [];
  for (const character of text.replaceAll('\r\n', '\n').normalize('NFC')) {
    const typed = strokes.of(character) ?? strokes.of(lookAlike(character));
    if (typed) steps.push(...strokeSteps(typed));
    else missing.add(character);
  }
  return { steps, missing: [...missing] };
}

function lookAlike(character: string): string {
  return LOOK_ALIKES.find(([characters]) => characters.test(character))?.[1] ?? character;
}

/**
 * Keys that type a text with escapes on a US keyboard:
 * - `\n` Enter, `\t` Tab, `\e` Escape, `\b` Backspace, `\\` a backslash, `\{` an opening brace
 * - `{f1}`, `{up}`, `{del}`: a key by name, or by its `KeyboardEvent.code` as in `{NumpadEnter}`
 * - `{ctrl+alt+del}`, `{shift+a}`: keys held together
 * - `{wait 500}`: a pause, in milliseconds of the machine's time
 *
 * Throws {@link TypingError}.
 */
export function parseTyping(text: string): readonly TypingStep[] {
  const steps: TypingStep[] = [];
  const strokes = strokesOf('us');
  const pattern = /\\(.)|\{([^}]*)(\}?)|\r\n|([^])/gu;
  for (const match of text.matchAll(pattern)) {
    const [whole, escaped, name, closing, plain] = match;
    const place = `at character ${match.index + 1} of the keys`;
    if (escaped !== undefined) {
      const character = ESCAPES[escaped];
      if (character === undefined)
        throw new TypingError(`\\${escaped} ${place}: known are \\n \\t \\e \\b \\\\ and \\{.`);
      steps.push(...strokeSteps(strokes.of(character) ?? []));
    } else if (name !== undefined) {
      if (closing === '') throw new TypingError(`{ ${place} is not closed; write \\{ for the character.`);
      steps.push(...namedSteps(name, place));
    } else {
      const stroke = strokes.of(plain ?? '\n');
      if (stroke === undefined) {
        throw new TypingError(`"${whole}" ${place} has no key on a US keyboard.`);
      }
      steps.push(...strokeSteps(stroke));
    }
  }
  return steps;
}

function strokeSteps(strokes: readonly Stroke[]): readonly TypingStep[] {
  return strokes.flatMap(({ code, held }) => hold([...held, code]));
}

function namedSteps(name: string, place: string): readonly TypingStep[] {
  const pause = /^wait\s+(\d{1,7})$/i.exec(name)?.[1];
  if (pause !== undefined) return [{ pauseMs: Number(pause) }];
  return hold(name.split('+').map((part) => keyCode(part.trim(), place)));
}

function keyCode(name: string, place: string): string {
  const byName = NAMES.get(name.toLowerCase()) ?? (findKey(name) === undefined ? undefined : name);
  const code = byName ?? strokesOf('us').of(name)?.[0]?.code;
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
