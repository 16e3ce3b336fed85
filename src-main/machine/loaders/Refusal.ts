import type { LoadProblem, LoadResult } from './ProgramImage.ts';

/** A file that cannot be loaded: one sentence that says what is wrong, where, and what to do. */
export function refuse(message: string, problems?: readonly LoadProblem[]): LoadResult {
  return { kind: 'refused', message, problems: problems ?? [{ message, severity: 'error' }] };
}

export function warning(message: string): LoadProblem {
  return { message, severity: 'warning' };
}

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** `1 byte`, `300 bytes`, `12 KiB`, `1.5 MiB`, `40 GiB` */
export function sizeText(bytes: number): string {
  if (bytes === 1) return '1 byte';
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] =
    bytes < 2 ** 20 ? [bytes / 2 ** 10, 'KiB'] : bytes < 2 ** 30 ? [bytes / 2 ** 20, 'MiB'] : [bytes / 2 ** 30, 'GiB'];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}
