import type { Diagnostic, Outcome, Problem, ProblemCode } from '../../src-preload/contract/Outcome.ts';
import type { HypervisorError, HypervisorErrorCode, RefusalId, Result } from '../hypervisor/types.ts';

const codes: Readonly<Record<HypervisorErrorCode, ProblemCode>> = {
  'not-found': 'machine-not-found',
  'wrong-state': 'wrong-state',
  invalid: 'invalid-value',
  'program-refused': 'bad-program',
  'file-unreadable': 'file-unreadable',
  'storage-failed': 'storage',
  'storage-locked': 'storage',
  'drive-refused': 'drive',
  'snapshot-refused': 'snapshot',
  'memory-limit': 'memory-limit',
  'out-of-memory': 'memory-limit',
  'no-answer': 'engine',
  'thread-died': 'engine',
  disposed: 'internal',
};

/** Refusals of the app's own, beside the hypervisor's `REFUSAL_IDS`, that the window says in its own language. */
export const APP_REFUSAL_IDS = [
  'machine-off',
  'step-out-running',
  'no-caller',
  'breakpoint-gone',
  'nothing-translated',
  'gdb-port-taken',
  'gdb-port-reserved',
  'gdb-port-unusable',
  'symbols-unreadable',
  'symbols-too-large',
  'symbols-unknown',
  'symbols-64-bit',
  'symbols-other-processor',
  'symbols-cut-off',
  'symbols-stripped',
  'trace-unknown',
  'trace-too-much-code',
  'memory-absent',
  'memory-linear-most',
  'memory-file-empty',
  'memory-file-too-large',
  'memory-compare-unreadable',
  'memory-file-unreadable',
  'memory-file-unwritable',
] as const;
export type AppRefusalId = (typeof APP_REFUSAL_IDS)[number];

export function succeed<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

/** `text` names the sentence for windows in another language, into which `values` go. */
export function refuse(
  code: ProblemCode,
  message: string,
  values?: Record<string, string | number>,
  text?: AppRefusalId | RefusalId,
): Outcome<never> {
  return { ok: false, problem: { code, message, ...(values && { values }), ...(text !== undefined && { text }) } };
}

export function refuseWith(error: HypervisorError): Outcome<never> {
  return { ok: false, problem: toProblem(error) };
}

export function toProblem(error: HypervisorError): Problem {
  return {
    code: codes[error.code],
    message: error.message,
    ...(error.text && { text: error.text.id }),
    ...((error.field !== undefined || error.text?.values) && {
      values: { ...error.text?.values, ...(error.field !== undefined && { field: error.field }) },
    }),
    ...(error.problems && { diagnostics: error.problems.map(toDiagnostic) }),
  };
}

export function toOutcome<From, To>(result: Result<From>, map: (value: From) => To): Outcome<To> {
  return result.ok ? succeed(map(result.value)) : refuseWith(result.error);
}

function toDiagnostic(problem: NonNullable<HypervisorError['problems']>[number]): Diagnostic {
  return { ...problem };
}
