/** What is wrong with an expression, for whoever says it in another language. */
export const EXPRESSION_FAULTS = [
  'expression-too-long',
  'expression-too-deep',
  'expression-ends-early',
  'expression-unexpected',
  'expression-unknown-name',
  'expression-missing',
  'expression-no-token',
  'expression-number-too-large',
  'expression-zero-divisor',
  'expression-no-memory',
  'place-not-constant',
  'place-beyond-end',
] as const;
export type ExpressionFaultId = (typeof EXPRESSION_FAULTS)[number];

export interface ExpressionFault {
  /** One sentence for the user, in English. */
  readonly message: string;
  readonly text: { readonly id: ExpressionFaultId; readonly values?: { readonly part: string } | undefined };
}

/** In English; `{part}` is what the text has, or lacks, at the place of the fault. */
const SENTENCES: Readonly<Record<ExpressionFaultId, string>> = {
  'expression-too-long': 'The expression is too long.',
  'expression-too-deep': 'The expression is nested too deeply.',
  'expression-ends-early': 'The expression ends too early.',
  'expression-unexpected': '“{part}” is not expected here.',
  'expression-unknown-name': 'There is no register or symbol “{part}”.',
  'expression-missing': '“{part}” is missing.',
  'expression-no-token': '“{part}” is no number, name or operator.',
  'expression-number-too-large': '“{part}” has more than 64 bits.',
  'expression-zero-divisor': 'Divided by zero.',
  'expression-no-memory': 'There is no memory at {part}.',
  'place-not-constant': 'A place is made of numbers and names: registers change all the time.',
  'place-beyond-end': 'Addresses end at 0xffffffff.',
};

/** @param part goes into the sentences that name one */
export function expressionFault(id: ExpressionFaultId, part?: string): ExpressionFault {
  const message = SENTENCES[id].replace('{part}', () => part ?? '');
  return { message, text: { id, ...(part !== undefined && { values: { part } }) } };
}
