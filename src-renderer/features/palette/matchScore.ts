/** What a whole word, or part of one, counts at least. */
export const WORD_SCORE_LEAST = 40;

/**
 * How well typed words fit a label: 0 when they don't. Every word must occur, as a whole or as letters in order;
 * whole words and word beginnings count more.
 */
export function matchScore(typed: string, label: string): number {
  const text = label.toLowerCase();
  let score = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at >= 0) {
      const isWordStart = at === 0 || /[\s\-_./:]/.test(text[at - 1] ?? ' ');
      score += isWordStart ? 100 - Math.min(at, 40) : WORD_SCORE_LEAST;
    } else if (hasLettersInOrder(word, text)) {
      score += 5;
    } else {
      return 0;
    }
  }
  return score;
}

function hasLettersInOrder(word: string, text: string): boolean {
  let at = 0;
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
