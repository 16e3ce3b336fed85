/** A mistake in a file, with its place where that is known. */
interface Mistake {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What a failed file operation means to the user. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

/** `hello.asm cannot be read: there is no such file.` */
export function fileProblem(file: string, done: 'read' | 'written', error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isFolderMissing = done === 'written' && code === 'ENOENT';
  const meaning = isFolderMissing
    ? 'its folder does not exist'
    : (MEANINGS[code] ?? (error instanceof Error ? error.message : String(error)));
  return `${file} cannot be ${done}: ${meaning}.`;
}

/** One line a problem, in the form that editors and terminals make links of: `file:line:column: error: message`. */
export function describeProblems(file: string, message: string, problems: readonly Mistake[]): string {
  const placed = problems.filter((problem) => problem.line !== undefined);
  const lines = placed.map((problem) => {
    const place = [problem.file ?? file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
    return `${place}: ${problem.severity}: ${problem.message}`;
  });
  // Warnings alone do not say why a file was refused.
  const isExplained = message === '' || placed.some(({ severity }) => severity === 'error');
  if (!isExplained || lines.length === 0) lines.push(`${file}: ${message}`);
  return lines.join('\n');
}
