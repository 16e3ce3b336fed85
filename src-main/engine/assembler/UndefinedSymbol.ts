import { isLongModeRegister, REGISTERS } from './Registers.ts';
import { suggestion } from './Spelling.ts';
import type { SymbolTable } from './SymbolTable.ts';

/** Names that are compared with one that is not defined; more would make typing slow. */
const MAX_CANDIDATES = 3000;

/** What to do about a name that has no value. */
export function explainUndefined(name: string, symbols: SymbolTable, externs: ReadonlySet<string>): string {
  if (externs.has(name))
    return `“${name}” is declared extern, but a flat program is not linked with anything. Define it here, or %include its source.`;
  if (isLongModeRegister(name))
    return `“${name}” is a register of 64-bit or vector code. Here are 16- and 32-bit registers: ax, eax, ...`;
  const dot = name.lastIndexOf('.');
  const isLocal = dot >= 0 && !name.startsWith('..');
  const shown = isLocal ? name.slice(dot) : name;
  const scope = isLocal ? name.slice(0, dot) : '';
  const near: string[] = [];
  for (const other of symbols.names()) {
    if (near.length >= MAX_CANDIDATES) break;
    if (!other.startsWith('..@')) near.push(isLocal && other.startsWith(`${scope}.`) ? other.slice(dot) : other);
  }
  const place = scope === '' ? '' : ` below the label “${scope}”`;
  return `“${shown}” is not defined${place}.${suggestion(shown, isLocal ? near : [...near, ...REGISTERS.keys()])}`;
}
