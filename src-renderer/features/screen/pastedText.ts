/** Most characters that are typed from the clipboard: some minutes of typing. */
export const PASTED_MOST = 50_000;
/** What one message to main may hold. */
const PIECE_MOST = 10_000;

export interface PastedText {
  /** One for each message. */
  readonly pieces: readonly string[];
  /** How many characters were cut off at the end. */
  readonly cut: number;
}

/** A text from the clipboard as it is typed: with the line ends of a keyboard, and not without end. */
export function pastedText(copied: string): PastedText {
  const text = copied.replace(/\r\n?/g, '\n');
  const pieces: string[] = [];
  let at = 0;
  const end = wholeCharacters(text, PASTED_MOST);
  while (at < end) {
    const next = Math.min(end, wholeCharacters(text, at + PIECE_MOST));
    pieces.push(text.slice(at, next));
    at = next;
  }
  return { pieces, cut: text.length - end };
}

/** The end of a text, or a place before it that does not lie within one character (a surrogate pair). */
function wholeCharacters(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}
