import { z } from 'zod';

/** A place in a source text, or a file as a whole. Lines and columns count from 1. */
export const Diagnostic = z.object({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  /** In characters. */
  length: z.number().int().optional(),
});
export type Diagnostic = z.infer<typeof Diagnostic>;

/** What can go wrong, as a stable key: the window says it in the user's language where it knows the key. */
export const PROBLEM_CODES = [
  'bad-program',
  'file-unreadable',
  'file-unwritable',
  'file-too-large',
  'access-not-granted',
  'machine-not-found',
  'machine-busy',
  'wrong-state',
  'invalid-value',
  'memory-limit',
  'storage',
  'drive',
  'snapshot',
  'exported',
  'interrupted',
  'handed-over',
  'not-typed',
  'no-program',
  'engine',
  'cancelled',
  'unknown-message',
  'invalid-message',
  'internal',
] as const;
export const ProblemCode = z.enum(PROBLEM_CODES);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** An expected failure: what was wrong, where, and what to do about it. */
export const Problem = z.object({
  code: ProblemCode,
  /** One or two sentences in English; the fallback where the window has no sentence of its own for `text`. */
  message: z.string(),
  /** Which sentence it is, for windows in another language; `values` go into it. */
  text: z.string().optional(),
  /** Values for the window's own text: a file name, a limit, a state. */
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Text formats: each mistake in place. */
  diagnostics: z.array(Diagnostic).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** How every call is answered. `cancelled` is the code when the user closed a dialog: show nothing. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem };
