import type { Breakpoint, BreakpointSettings, BreakpointTarget } from '../../../src-preload/contract/debugging.ts';
import { parseNumber } from '../../../src-preload/contract/readings/parseNumber.ts';
import { prefixedHex } from '../format/numbers.ts';

export const BREAKPOINT_KINDS = ['code', 'data', 'port', 'interrupt', 'exception', 'mode', 'control-register'] as const;
export type BreakpointKind = (typeof BREAKPOINT_KINDS)[number];
export const ACCESS_KINDS = ['write', 'read', 'any'] as const;

/** A breakpoint while somebody writes it: texts, as they stand in the fields. */
export interface BreakpointDraft {
  kind: BreakpointKind;
  /** Place, ports or vector, whichever the kind asks for. */
  where: string;
  byteLength: string;
  access: (typeof ACCESS_KINDS)[number];
  register: '0' | '2' | '3' | '4' | 'any';
  condition: string;
  ignoreCount: string;
}

export type DraftField = 'where' | 'byteLength' | 'ignoreCount';

export function emptyDraft(kind: BreakpointKind = 'code'): BreakpointDraft {
  const access = kind === 'data' ? 'write' : 'any';
  return { kind, where: '', byteLength: '4', access, register: '3', condition: '', ignoreCount: '0' };
}

export function draftOf({ target, condition, ignoreCount }: Breakpoint): BreakpointDraft {
  const draft = { ...emptyDraft(target.kind), condition, ignoreCount: String(ignoreCount) };
  switch (target.kind) {
    case 'code':
      return { ...draft, where: placeText(target) };
    case 'data':
      return { ...draft, where: placeText(target), byteLength: String(target.byteLength), access: target.access };
    case 'port': {
      const last = target.portCount > 1 ? `-${prefixedHex(target.firstPort + target.portCount - 1)}` : '';
      return { ...draft, where: `${prefixedHex(target.firstPort)}${last}`, access: target.access };
    }
    case 'interrupt':
    case 'exception':
      return { ...draft, where: target.vector === null ? '' : prefixedHex(target.vector) };
    case 'mode':
      return draft;
    case 'control-register':
      return { ...draft, register: registerText(target.register) };
  }
}

/** What the fields say, or the one that makes no sense. */
export function settingsOf(draft: BreakpointDraft, enabled: boolean): BreakpointSettings | DraftField {
  const ignoreCount = wholeNumber(draft.ignoreCount, 1_000_000_000);
  if (ignoreCount === undefined) return 'ignoreCount';
  const target = targetOf(draft);
  return typeof target === 'string' ? target : { target, enabled, condition: draft.condition.trim(), ignoreCount };
}

function targetOf(draft: BreakpointDraft): BreakpointTarget | DraftField {
  const { kind, access } = draft;
  const where = draft.where.trim();
  switch (kind) {
    case 'code':
      return where === '' ? 'where' : { kind, ...placeOf(where) };
    case 'data': {
      const byteLength = wholeNumber(draft.byteLength, 1_048_576);
      if (byteLength === undefined || byteLength === 0) return 'byteLength';
      return where === '' ? 'where' : { kind, ...placeOf(where), byteLength, access };
    }
    case 'port': {
      const [from = '', to, ...rest] = where.split(/[-–]/);
      if (rest.length > 0) return 'where';
      const firstPort = parseNumber(from, 16);
      const last = to === undefined ? firstPort : parseNumber(to, 16);
      if (firstPort === undefined || last === undefined || last < firstPort) return 'where';
      return { kind, firstPort: Number(firstPort), portCount: Number(last - firstPort) + 1, access };
    }
    case 'interrupt':
    case 'exception': {
      if (where === '') return { kind, vector: null };
      const vector = parseNumber(where, 8);
      return vector === undefined ? 'where' : { kind, vector: Number(vector) };
    }
    case 'mode':
      return { kind };
    case 'control-register':
      return { kind, register: registerOf(draft.register) };
  }
}

const DIGITS = /^(?:0x)?([0-9][0-9a-f]*)h?$/i;
const ADDRESS_BITS = 32;

/** Digits alone are an address in hexadecimal, as in every address field of the window; main knows what else means. */
function placeOf(where: string): { readonly linearAddress: number; readonly location: string } {
  const digits = DIGITS.exec(where)?.[1];
  if (digits === undefined) return { linearAddress: 0, location: where };
  const address = parseNumber(digits, ADDRESS_BITS);
  // Main says what is wrong with an address that nothing has.
  return address === undefined
    ? { linearAddress: 0, location: `0x${digits}` }
    : { linearAddress: Number(address), location: '' };
}

function placeText({ linearAddress, location }: { readonly linearAddress: number; readonly location: string }): string {
  return location === '' ? prefixedHex(linearAddress) : location;
}

function registerText(register: 0 | 2 | 3 | 4 | null): BreakpointDraft['register'] {
  return register === null ? 'any' : (String(register) as BreakpointDraft['register']); // of 0, 2, 3 and 4
}

function registerOf(text: BreakpointDraft['register']): 0 | 2 | 3 | 4 | null {
  return text === 'any' ? null : (Number(text) as 0 | 2 | 3 | 4); // of those that can be chosen
}

function wholeNumber(text: string, most: number): number | undefined {
  const value = parseNumber(text, 32, 10);
  return value === undefined || value > BigInt(most) ? undefined : Number(value);
}
