/** A 32-bit word that threads share. */
export interface SharedWord {
  readonly words: SharedArrayBuffer;
  readonly index: number;
}
