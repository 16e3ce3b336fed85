import type { Catchpoint } from '../engine/Catchpoint.ts';
import type { CodeRange, TraceChoice } from '../machine/tracing/MachineTrace.ts';
import { CATCHPOINT_USAGE, parseCatchpoint } from './parseCatchpoint.ts';

/** Code ranges together: each byte is a place where the machine stops. */
export const MOST_TRACED_CODE_BYTES = 0x1_0000;
const LAST_ADDRESS = 0xffff_ffff;

/** How to write each, for who has written it wrongly. */
export const TRACE_FILTER_USAGE = `${CATCHPOINT_USAGE}, code 0x7c00-0x7dff`;

/** Without a filter: all but port accesses, which would outnumber the rest. */
const USUAL_EVENTS: readonly Catchpoint[] = [
  { kind: 'interrupt', vector: null },
  { kind: 'exception', vector: null },
  { kind: 'mode' },
  { kind: 'control-register', register: null },
];

export type TraceFilter = Pick<TraceChoice, 'events' | 'code'>;

export type TraceFilterResult =
  | ({ readonly ok: true } & TraceFilter)
  /** This part says nothing that can be traced, or the code is too much. */
  | { readonly ok: false; readonly problem: 'unknown'; readonly part: string; readonly message: string }
  | { readonly ok: false; readonly problem: 'too-much-code'; readonly part: string; readonly message: string };

/**
 * `port 0x3f8-0x3ff write, exception #GP, code 0x7c00-0x7dff`: the words of gdb's `monitor catch`, and code of which every
 * instruction is traced, separated by commas. Empty: the usual events.
 */
export function parseTraceFilter(text: string): TraceFilterResult {
  if (text.trim() === '') return { ok: true, events: USUAL_EVENTS, code: [] };
  const events: Catchpoint[] = [];
  const code: CodeRange[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    const words = part.split(/\s+/);
    const range = words[0]?.toLowerCase() === 'code' ? parseCode(words.slice(1)) : undefined;
    const event = range ? undefined : parseCatchpoint(words);
    if (range) code.push(range);
    else if (event) events.push(event);
    else {
      const message = `"${part}": expected, separated by commas: ${TRACE_FILTER_USAGE}.`;
      return { ok: false, problem: 'unknown', part, message };
    }
  }
  const codeBytes = code.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (codeBytes > MOST_TRACED_CODE_BYTES) {
    const message = `"${text}": ${codeBytes} bytes of code are too many to trace; choose ${MOST_TRACED_CODE_BYTES} at most.`;
    return { ok: false, problem: 'too-much-code', part: text, message };
  }
  return { ok: true, events, code };
}

function parseCode(words: readonly string[]): CodeRange | undefined {
  const [, from, to] = /^(0x[0-9a-f]+|[0-9]+)(?:-(0x[0-9a-f]+|[0-9]+))?$/i.exec(words.join('')) ?? [];
  if (from === undefined) return undefined;
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  return first <= last && last <= LAST_ADDRESS ? { first, last } : undefined;
}
