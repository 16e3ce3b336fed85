import type { HypervisorError, HypervisorErrorCode, Result } from './types.ts';

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused(
  code: HypervisorErrorCode,
  message: string,
  more: Omit<HypervisorError, 'code' | 'message'> = {},
): { readonly ok: false; readonly error: HypervisorError } {
  return { ok: false, error: { code, message, ...more } };
}

/** Nothing is obeyed any more. */
export function closing(): Result<never> {
  return refused('disposed', 'Vivarium is closing.', { text: { id: 'closing' } });
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
