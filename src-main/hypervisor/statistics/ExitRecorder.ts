import type { ExitKind, VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import type { ExitRecord, ExitTrace } from './ExitTrace.ts';

/** So many exits of a window are records of their own; of those that follow, each kind's are one record. */
export const SINGLE_RECORDS = 16;
export const WINDOW_MS = 1;
/** While exits are counted together, the clock is looked at once for so many: it costs as much as a port's access. */
const UNTIMED_EXITS = 16;
/** The end of a turn of the loop and another thread's wish are no doing of the guest's. */
const UNRECORDED: ReadonlySet<ExitKind> = new Set(['budget', 'kick']);

export function isRecordedExit(kind: ExitKind): boolean {
  return !UNRECORDED.has(kind);
}

type Merged = { -readonly [Field in keyof ExitRecord]: ExitRecord[Field] };

export interface ExitRecorderParts {
  readonly trace: ExitTrace;
  readonly processors: readonly Pick<VirtualProcessor, 'observeExits'>[];
  readonly nowMs: () => number;
  /** What happens now has happened before. */
  readonly isRepeating: () => boolean;
}

/**
 * Notes a machine's exits while main wants them, a bounded number in any time: a guest that does nothing but exit is
 * told to the microsecond at the beginning of each window, and by count after that.
 */
export class ExitRecorder {
  readonly #parts: ExitRecorderParts;
  #isOn = false;
  #windowEndMs = 0;
  #singlesLeft = 0;
  #untimedLeft = 0;
  #nowMs = 0;
  /** Of this window, by vCPU and kind. */
  readonly #merged: readonly Map<ExitKind, Merged>[];

  constructor(parts: ExitRecorderParts) {
    this.#parts = parts;
    this.#merged = parts.processors.map(() => new Map());
  }

  /** The machine is about to run. */
  begin(): void {
    const { trace, processors, nowMs } = this.#parts;
    const { wantedUntilMs } = trace;
    const isOn = wantedUntilMs !== 0 && nowMs() < wantedUntilMs;
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    processors.forEach((processor, vcpu) => {
      processor.observeExits(isOn ? (kind, times, detail) => this.#note(vcpu, kind, times, detail) : undefined);
    });
  }

  /** It has run for now. */
  end(): void {
    if (this.#isOn) this.#addMerged();
  }

  #note(vcpu: number, kind: ExitKind, times: number, detail: number): void {
    if (!isRecordedExit(kind) || this.#parts.isRepeating()) return;
    this.#lookAtClock();
    const startMs = this.#nowMs;
    if (this.#singlesLeft > 0) {
      this.#singlesLeft--;
      this.#parts.trace.add({ startMs, endMs: startMs, vcpu, kind, times, detail });
      return;
    }
    const kinds = this.#merged[vcpu];
    const merged = kinds?.get(kind);
    if (merged) {
      merged.times += times;
      merged.endMs = startMs;
    } else kinds?.set(kind, { startMs, endMs: startMs, vcpu, kind, times, detail });
  }

  #lookAtClock(): void {
    if (this.#singlesLeft === 0 && this.#untimedLeft-- > 0) return;
    this.#untimedLeft = UNTIMED_EXITS;
    this.#nowMs = this.#parts.nowMs();
    if (this.#nowMs < this.#windowEndMs) return;
    this.#addMerged();
    this.#windowEndMs = this.#nowMs + WINDOW_MS;
    this.#singlesLeft = SINGLE_RECORDS;
  }

  #addMerged(): void {
    const records = this.#merged.flatMap((kinds) => [...kinds.values()]).sort((a, b) => a.endMs - b.endMs);
    for (const record of records) this.#parts.trace.add(record);
    for (const kinds of this.#merged) kinds.clear();
  }
}
