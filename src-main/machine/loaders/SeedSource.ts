import type { LoadProblem } from './ProgramImage.ts';

/**
 * The seed's own form: one operation a line, or a JSON array of the same strings.
 *
 *     ; eax and ebx start at 0 unless a line before the first operation sets them
 *     eax = 6
 *     ebx = 0x2a
 *     add        ; eax += ebx
 *     sub        ; eax -= ebx
 *     mul        ; eax *= ebx
 *     div        ; eax /= ebx, unsigned; by zero it is the processor's divide error
 *     halt
 *
 * JSON: `["add", "halt"]`, `["eax = 6", "add"]`, or `{"eax": 6, "ebx": 42, "program": ["add", "halt"]}`.
 * After the last operation the processor halts as well. `;` and `#` begin comments.
 */
export const SEED_OPERATIONS = ['add', 'sub', 'mul', 'div', 'halt'] as const;
export type SeedOperation = (typeof SEED_OPERATIONS)[number];

export interface SeedProgram {
  readonly eax: number;
  readonly ebx: number;
  readonly steps: readonly { readonly operation: SeedOperation; readonly line: number; readonly text: string }[];
}

export type SeedReading =
  | { readonly kind: 'program'; readonly program: SeedProgram }
  | { readonly kind: 'trouble'; readonly problems: readonly LoadProblem[] };

interface Item {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const ASSIGNMENT = /^(eax|ebx)\s*[=:]\s*(-?(?:0x[0-9a-f]+|\d+))$/i;
const MAX_STEPS = 100_000;

const isOperation = (word: string): word is SeedOperation => (SEED_OPERATIONS as readonly string[]).includes(word);

/** Whether the text has this form throughout: the question that recognition asks. */
export function isSeed(text: string): boolean {
  const items = itemsOf(text);
  return (
    items !== null &&
    items.length > 0 &&
    items.every(({ text: item }) => isOperation(item.toLowerCase()) || ASSIGNMENT.test(item)) &&
    items.some(({ text: item }) => isOperation(item.toLowerCase()))
  );
}

export function readSeed(text: string, file: string): SeedReading {
  const problems: LoadProblem[] = [];
  const trouble = (item: Item, message: string): void =>
    void problems.push({
      message,
      file,
      line: item.line,
      column: item.column,
      length: Math.max(1, item.text.length),
      severity: 'error',
    });
  const items = itemsOf(text);
  if (items === null) {
    return {
      kind: 'trouble',
      problems: [
        {
          message: 'The file begins like JSON but is none: it must be an array of strings such as ["add", "halt"].',
          file,
          line: 1,
          column: 1,
          length: 1,
          severity: 'error',
        },
      ],
    };
  }
  const registers = { eax: 0, ebx: 0 };
  const steps: { operation: SeedOperation; line: number; text: string }[] = [];
  for (const item of items) {
    const word = item.text.toLowerCase();
    const assignment = ASSIGNMENT.exec(item.text);
    if (isOperation(word)) steps.push({ operation: word, line: item.line, text: item.text });
    else if (assignment === null)
      trouble(
        item,
        `“${item.text.slice(0, 40)}” is no operation. There are add, sub, mul, div and halt, and before them “eax = number” and “ebx = number”.`,
      );
    else if (steps.length > 0) trouble(item, 'A register is set before the first operation, not between operations.');
    else {
      const [, register = '', literal = '0'] = assignment;
      const value = parseInteger(literal);
      if (value > 0xffff_ffffn || value < -0x8000_0000n) {
        trouble(item, `${literal} does not fit into a 32-bit register. The largest is 0xffffffff.`);
      } else registers[register.toLowerCase() === 'eax' ? 'eax' : 'ebx'] = Number(BigInt.asUintN(32, value));
    }
    if (problems.length >= 100 || steps.length > MAX_STEPS) break;
  }
  if (steps.length > MAX_STEPS)
    problems.push({
      message: `The program has more than ${MAX_STEPS} operations. Shorten it.`,
      file,
      severity: 'error',
    });
  if (steps.length === 0 && problems.length === 0)
    problems.push({
      message: 'The program has no operation. Write add, sub, mul, div or halt, one a line.',
      file,
      line: 1,
      column: 1,
      length: 1,
      severity: 'error',
    });
  return problems.length > 0 ? { kind: 'trouble', problems } : { kind: 'program', program: { ...registers, steps } };
}

function parseInteger(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}

/** The strings of a JSON form, or the lines of a text; null for JSON of another shape. */
function itemsOf(text: string): Item[] | null {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) return jsonItems(text);
  const items: Item[] = [];
  text.split(/\r\n|\n|\r/).forEach((line, i) => {
    const code = line.replace(/[;#].*$/, '');
    const item = code.trim();
    if (item !== '') items.push({ text: item, line: i + 1, column: code.length - code.trimStart().length + 1 });
  });
  return items;
}

function jsonItems(text: string): Item[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const items: Item[] = [];
  const strings = Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? value['program'] : null;
  if (!Array.isArray(strings)) return null;
  if (isRecord(value)) {
    for (const register of ['eax', 'ebx']) {
      const start = value[register];
      if (typeof start === 'number' && Number.isSafeInteger(start))
        items.push({ text: `${register} = ${start}`, line: 1, column: 1 });
      else if (start !== undefined)
        items.push({ text: `${register} = ${String(start).slice(0, 40)}`, line: 1, column: 1 });
    }
  }
  let from = 0;
  for (const entry of strings as unknown[]) {
    if (typeof entry !== 'string') return null;
    // The place of the string in the text, for messages and for stepping.
    const found = text.indexOf(JSON.stringify(entry), from);
    const at = found < 0 ? from : found;
    from = found < 0 ? from : found + entry.length;
    items.push({ text: entry.trim(), ...placeOf(text, at) });
  }
  return items;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n') };
}
