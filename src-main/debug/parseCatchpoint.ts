import type { Catchpoint } from '../engine/Catchpoint.ts';
import { EXCEPTION_NAMES } from './eventText.ts';

/** How to write each, for who has written it wrongly. */
export const CATCHPOINT_USAGE =
  'port 0x60[-0x64] [read|write], interrupt 0x21|any, exception 13|#GP|any, mode, cr0|cr2|cr3|cr4|cr';

/** A catchpoint as a user writes it; undefined when it is none. */
export function parseCatchpoint(words: readonly string[]): Catchpoint | undefined {
  const [kind = '', what, access] = words.map((word) => word.toLowerCase());
  const register = /^cr([0234])?$/.exec(kind);
  if (register) return { kind: 'control-register', register: registerOf(register[1]) };
  switch (kind) {
    case 'mode':
      return { kind: 'mode' };
    case 'port':
      return parsePort(what, access);
    case 'interrupt':
    case 'exception': {
      if (what === undefined || what === 'any') return { kind, vector: null };
      const vector = kind === 'exception' && what.startsWith('#') ? vectorOf(what) : parseNumber(what, 0xff);
      return vector === undefined ? undefined : { kind, vector };
    }
    default:
      return undefined;
  }
}

function registerOf(digit: string | undefined): 0 | 2 | 3 | 4 | null {
  const number = Number(digit);
  return number === 0 || number === 2 || number === 3 || number === 4 ? number : null;
}

function parsePort(range: string | undefined, access = 'any'): Catchpoint | undefined {
  const [, from, to] = /^([^-]+)(?:-(.+))?$/.exec(range ?? '') ?? [];
  const firstPort = parseNumber(from, 0xffff);
  const last = to === undefined ? firstPort : parseNumber(to, 0xffff);
  if (firstPort === undefined || last === undefined || last < firstPort) return undefined;
  if (access !== 'any' && access !== 'read' && access !== 'write') return undefined;
  return { kind: 'port', firstPort, portCount: last - firstPort + 1, access };
}

function vectorOf(name: string): number | undefined {
  const found = Object.entries(EXCEPTION_NAMES).find(([, each]) => each.toLowerCase() === name);
  return found && Number(found[0]);
}

function parseNumber(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^(0x[0-9a-f]+|[0-9]+)$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}
