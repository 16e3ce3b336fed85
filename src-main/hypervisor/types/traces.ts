import type { TraceChoice } from '../../machine/tracing/MachineTrace.ts';
import type { VmId } from './definition.ts';
import type { Result } from './results.ts';

/** What of a machine's run is written down, and where. */
export interface VmTrace {
  readonly file: string;
  /** As the user has written it; '': the usual events. */
  readonly filter: string;
  readonly mostBytes: number;
  /** Written so far. */
  readonly byteLength: number;
  /**
   * - `recording`: it goes on, or begins when the machine is switched on.
   * - `stopped`: somebody has ended it, or the machine was switched off.
   * - `full`: the file is as large as it may become.
   * - `failed`: the host could not write; see `problem`.
   */
  readonly state: 'recording' | 'stopped' | 'full' | 'failed';
  readonly problem: string | null;
}

export interface TraceRequest extends TraceChoice {
  /** What is there is replaced. */
  readonly file: string;
  readonly filter: string;
}

/** Traces of machines' runs, each in a file; the machine is otherwise as without it. */
export interface TraceService {
  /** The last one, also when it has ended; null: there was none. */
  status(id: VmId): VmTrace | null;
  /** Ends the former one. Of a machine that is off: from its first instruction on. */
  start(id: VmId, request: TraceRequest): Promise<Result<VmTrace>>;
  /** Resolves when all is written. */
  stop(id: VmId): Promise<Result<VmTrace | null>>;
}
