import { type KeyboardLayout, LAYOUT_TABLES, type LayoutTable, TYPING_KEYS } from './layouts.ts';

/** A key, with what is held while it goes down. */
export interface Stroke {
  readonly code: string;
  readonly held: readonly string[];
}

const LEVELS = [
  { level: 'plain', held: [] },
  { level: 'shift', held: ['ShiftLeft'] },
  { level: 'altGr', held: ['AltRight'] },
  { level: 'shiftAltGr', held: ['ShiftLeft', 'AltRight'] },
] as const;

/** Keys that mean the same in every layout. */
const COMMON: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '\n': 'Enter',
  '\r': 'Enter',
  '\t': 'Tab',
  '\x1b': 'Escape',
  '\b': 'Backspace',
  '\x7f': 'Backspace',
};
const BLANK: Stroke = { code: 'Space', held: [] };

/** Accents as they stand alone, and as Unicode puts them behind a letter. */
const COMBINING: ReadonlyMap<string, string> = new Map([
  ['`', '\u0300'],
  ['´', '\u0301'],
  ['^', '\u0302'],
  ['~', '\u0303'],
  ['¨', '\u0308'],
]);

/** What to press for a character in a system that is set to a layout, in order; undefined: no keys type it. */
export class LayoutStrokes {
  private readonly direct = new Map<string, Stroke>();
  private readonly dead = new Map<string, Stroke>();

  constructor(table: LayoutTable) {
    for (const [character, code] of Object.entries(COMMON)) this.direct.set(character, { code, held: [] });
    for (const { level, held } of LEVELS) this.take(table, level, held);
  }

  of(character: string): readonly Stroke[] | undefined {
    const direct = this.direct.get(character);
    if (direct) return [direct];
    const accent = COMBINING.get(character);
    const alone = accent === undefined ? undefined : this.dead.get(accent);
    // An accent that waits for a letter stands alone when a blank comes.
    if (alone) return [alone, BLANK];
    const [letter, mark, ...more] = character.normalize('NFD');
    const [base, dead] = [this.direct.get(letter ?? ''), this.dead.get(mark ?? '')];
    return base && dead && more.length === 0 ? [dead, base] : undefined;
  }

  /** Of several ways to a character the one that holds least is taken. */
  private take(table: LayoutTable, level: (typeof LEVELS)[number]['level'], held: readonly string[]): void {
    const dead = level === 'shiftAltGr' ? undefined : table.dead?.[level];
    table[level]?.forEach((characters, row) => {
      [...characters].forEach((character, column) => {
        const code = TYPING_KEYS[row]?.[column];
        if (character === ' ' || code === undefined) return;
        const accent = dead?.includes(character) ? COMBINING.get(character) : undefined;
        const strokes = accent === undefined ? this.direct : this.dead;
        const typed = accent ?? character;
        if (!strokes.has(typed)) strokes.set(typed, { code, held });
      });
    });
  }
}

const made = new Map<KeyboardLayout, LayoutStrokes>();

export function strokesOf(layout: KeyboardLayout): LayoutStrokes {
  const known = made.get(layout) ?? new LayoutStrokes(LAYOUT_TABLES[layout]);
  made.set(layout, known);
  return known;
}
