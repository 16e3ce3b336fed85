import { readSymbols } from '../control/symbols/readSymbols.ts';
import { ProgramSymbols } from '../debug/ProgramSymbols.ts';
import { UsageError } from './ExitStatus.ts';
import type { SymbolChoice } from './RunOptions.ts';

/** `--symbols`. Throws {@link UsageError}. */
export function readAddressNames({ file, offset }: SymbolChoice): ProgramSymbols {
  const found = readSymbols({ kind: 'file', path: file, offset });
  if (!found.ok) throw new UsageError(`--symbols: ${found.message}`);
  return new ProgramSymbols([found.table]);
}

/** `main+0x12 (boot.c:33)`; '' where nothing is known. */
export function placeText(names: ProgramSymbols, linearAddress: number): string {
  const nearest = names.nearest(linearAddress);
  const line = names.lineAt(linearAddress);
  const name = nearest && (nearest.offset === 0 ? nearest.name : `${nearest.name}+0x${nearest.offset.toString(16)}`);
  const source = line && `(${line.file.split('/').at(-1) ?? line.file}:${line.line})`;
  return [name, source].filter((part) => part !== undefined).join(' ');
}
