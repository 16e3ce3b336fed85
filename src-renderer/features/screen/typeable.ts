/** What the machine's keyboard is typed on: a US layout, line ends and tabs. */
const TYPEABLE = /[\t\n\r -~]/;

/** Most characters that are typed from the clipboard: some minutes of typing. */
export const PASTED_MOST = 50_000;

export interface TypeableText {
  readonly text: string;
  /** Characters that no US keyboard has, each once, in order of appearance. */
  readonly missing: readonly string[];
  /** How many were cut off at the end. */
  readonly cut: number;
}

/** The part of a text that can be typed, with what is lost. Common look-alikes are replaced. */
export function typeableText(copied: string): TypeableText {
  const plain = copied
    .replace(/\r\n?/g, '\n')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\u00a0/g, ' ');
  const missing = new Set<string>();
  let text = '';
  for (const character of plain) {
    if (TYPEABLE.test(character)) text += character;
    else missing.add(character);
  }
  return { text: text.slice(0, PASTED_MOST), missing: [...missing], cut: Math.max(0, text.length - PASTED_MOST) };
}
