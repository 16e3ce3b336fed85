import type { CallName } from '../../src-preload/contract/contract.ts';
import type { Trace } from '../../src-preload/contract/traces.ts';
import { parseTraceFilter } from '../debug/parseTraceFilter.ts';
import type { TraceService, VmTrace } from '../hypervisor/types.ts';
import type { FileGrants } from './files/FileGrants.ts';
import { NOT_GRANTED } from './files/ProgramSources.ts';
import type { Handlers } from './handlers.ts';
import { refuse, succeed, toOutcome } from './outcomes.ts';

type TraceCall = Exclude<Extract<CallName, `trace:${string}`>, 'trace:pickFile'>;

/** Traces of machines' runs. Where to is chosen by dialog, or on the command line. */
export function traceHandlers(traces: TraceService, grants: FileGrants): Handlers<TraceCall> {
  return {
    'trace:status': ({ id }) => succeed(toTrace(traces.status(id), grants)),
    'trace:start': async ({ id, token, filter, mostBytes }) => {
      const file = grants.resolve(token, 'write');
      if (file === null) return refuse('access-not-granted', NOT_GRANTED);
      const parsed = parseTraceFilter(filter);
      if (!parsed.ok)
        return refuse(
          'invalid-value',
          parsed.message,
          { field: 'filter', part: parsed.part },
          `trace-${parsed.problem}`,
        );
      const { events, code } = parsed;
      const started = await traces.start(id, { file, filter: filter.trim(), events, code, mostBytes });
      return toOutcome(started, (trace) => describe(trace, grants));
    },
    'trace:stop': async ({ id }) => toOutcome(await traces.stop(id), (trace) => toTrace(trace, grants)),
  };
}

export function toTrace(trace: VmTrace | null, grants: FileGrants): Trace | null {
  return trace && describe(trace, grants);
}

function describe({ file, ...trace }: VmTrace, grants: FileGrants): Trace {
  return { ...trace, file: grants.grant(file, 'write') };
}
