import { CATCHPOINT_USAGE, parseCatchpoint } from '../debug/parseCatchpoint.ts';
import type { Catchpoint } from '../engine/Catchpoint.ts';
import { UsageError } from './ExitStatus.ts';

/** See `--trace-file`, `--trace-filter` and `--trace-size`. */
export interface EventTraceChoice {
  readonly file: string;
  readonly events: readonly Catchpoint[];
  readonly mostBytes: number;
}

/** Without a filter: all but port accesses, which would outnumber the rest. */
export const DEFAULT_TRACED_EVENTS: readonly Catchpoint[] = [
  { kind: 'interrupt', vector: null },
  { kind: 'exception', vector: null },
  { kind: 'mode' },
  { kind: 'control-register', register: null },
];

/** `port 0x3f8-0x3ff write, exception #GP, mode`: the words of gdb's `monitor catch`, separated by commas. */
export function parseTracedEvents(text: string, option: string): Catchpoint[] {
  return text.split(',').map((part) => {
    const event = parseCatchpoint(part.trim().split(/\s+/));
    if (event !== undefined) return event;
    throw new UsageError(`${option} "${part.trim()}": expected, separated by commas: ${CATCHPOINT_USAGE}.`);
  });
}
