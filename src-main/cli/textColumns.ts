/** A guest's or somebody else's text cannot reach the terminal's controls. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

/** As {@link printable}, of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Filled up with blanks to so many columns of a terminal. */
export function padColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** How many columns of a terminal a text takes: two for each ideograph, syllable or picture (UAX #11, as terminals have it). */
export function columnsOf(text: string): number {
  return Array.from(text, (character) =>
    NO_COLUMN.test(character) ? 0 : TWO_COLUMNS.test(character) ? 2 : 1,
  ).reduce<number>((sum, columns) => sum + columns, 0);
}

/** Marks that go with the character before them, joiners. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian punctuation, fullwidth forms, and what is drawn as a picture. */
const TWO_COLUMNS =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\u30fb-\u30fc\uff01-\uff60\uffe0-\uffe6]$/u;
