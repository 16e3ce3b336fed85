import path from 'node:path';

/**
 * The files named on a command line of the app.
 *
 * @param argv the process' arguments, its executable first
 * @param isPackaged a packaged app has no script argument; otherwise the first one is the app's own folder
 * @param workingFolder what relative names start from
 */
export function commandLineFiles(argv: readonly string[], isPackaged: boolean, workingFolder: string): string[] {
  const words = argv.slice(1);
  const afterDashes = words.indexOf('--');
  const named = words.filter((word, index) => !word.startsWith('-') || (afterDashes >= 0 && index > afterDashes));
  const files = isPackaged ? named : named.slice(1);
  return files.filter((word) => word !== '').map((word) => path.resolve(workingFolder, word));
}
