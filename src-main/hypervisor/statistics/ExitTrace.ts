import { EXIT_KINDS, type ExitKind } from '../../engine/VirtualProcessor.ts';

/** The newest records are kept; a thread makes fewer between two looks of main's (`ExitRecorder`). */
export const EXIT_TRACE_CAPACITY = 4096;

const FIELDS = ['startMs', 'endMs', 'vcpu', 'kind', 'times', 'detail'] as const;
const HEADER_BYTES = 16;
export const EXIT_TRACE_BYTES = HEADER_BYTES + EXIT_TRACE_CAPACITY * FIELDS.length * 8;

/** Exits of one kind by one vCPU, as many as there were within the time. Milliseconds on the hypervisor's clock. */
export interface ExitRecord {
  readonly startMs: number;
  readonly endMs: number;
  readonly vcpu: number;
  readonly kind: ExitKind;
  readonly times: number;
  /** Port, vector or physical address of the first; -1 where the kind has none. */
  readonly detail: number;
}

/**
 * A machine's exits with their times, in memory that its thread writes and main reads. Noting them costs the guest
 * something, so they are noted only while somebody wants them.
 *
 * Words 0 and 1: until when they are wanted, a double. Word 2: records made so far, written after the record. Then the
 * records, as doubles; the next goes to their number modulo the capacity.
 */
export class ExitTrace {
  readonly #wantedUntil: Float64Array;
  readonly #count: Uint32Array;
  readonly #values: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#wantedUntil = new Float64Array(buffer, 0, 1);
    this.#count = new Uint32Array(buffer, 8, 1);
    this.#values = new Float64Array(buffer, HEADER_BYTES);
  }

  /** Main's side. */
  wantUntil(ms: number): void {
    this.#wantedUntil[0] = ms;
  }

  /** The thread's side; 0: never. */
  get wantedUntilMs(): number {
    return this.#wantedUntil[0] ?? 0;
  }

  /** The thread's side. Records come in the order of their ends. */
  add({ startMs, endMs, vcpu, kind, times, detail }: ExitRecord): void {
    const number = this.#count[0] ?? 0;
    const at = (number % EXIT_TRACE_CAPACITY) * FIELDS.length;
    this.#values.set([startMs, endMs, vcpu, EXIT_KINDS.indexOf(kind), times, detail], at);
    Atomics.store(this.#count, 0, number + 1);
  }

  /** Main's side: what has come since record `since`, as far as it is kept. */
  read(since: number): { readonly records: ExitRecord[]; readonly next: number } {
    const next = Atomics.load(this.#count, 0);
    const copies: ExitRecord[] = [];
    const first = Math.max(since, next - EXIT_TRACE_CAPACITY);
    for (let number = first; number < next; number++) copies.push(this.#record(number));
    // The thread went on: these it has written over meanwhile, or was about to.
    const kept = Atomics.load(this.#count, 0) - EXIT_TRACE_CAPACITY + 1;
    return { records: copies.slice(Math.max(0, kept - first)), next };
  }

  #record(number: number): ExitRecord {
    const at = (number % EXIT_TRACE_CAPACITY) * FIELDS.length;
    const [startMs = 0, endMs = 0, vcpu = 0, kind = 0, times = 0, detail = -1] = this.#values.subarray(at, at + 6);
    return { startMs, endMs, vcpu, kind: EXIT_KINDS[kind] ?? 'budget', times, detail };
  }
}
