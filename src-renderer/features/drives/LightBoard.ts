import type { DevicesFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';

/** Writing wins over reading; of the network, sending is writing. */
export type Light = 'off' | 'read' | 'write';

/** A light stays on so long after the last sign of work, so that eyes can see it. */
export const LIGHT_MS = 120;

interface Counts {
  readonly reads: number;
  readonly writes: number;
}

/** Makes lights of counters: one that has grown since the last frame is on for a moment. */
export class LightBoard {
  readonly #onChange: (name: string, light: Light) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #last: ReadonlyMap<string, Counts> | null = null;

  constructor(onChange: (name: string, light: Light) => void) {
    this.#onChange = onChange;
  }

  /** Null: the machine is off. */
  take(frame: DevicesFrame | null): void {
    const now = frame && countsOf(frame);
    if (now && this.#last) {
      for (const [name, counts] of now) {
        const before = this.#last.get(name);
        if (!before) continue;
        if (counts.writes !== before.writes) this.#light(name, 'write');
        else if (counts.reads !== before.reads) this.#light(name, 'read');
      }
    }
    this.#last = now;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #light(name: string, light: Light): void {
    clearTimeout(this.#timers.get(name));
    this.#onChange(name, light);
    const turnOff = setTimeout(() => {
      this.#timers.delete(name);
      this.#onChange(name, 'off');
    }, LIGHT_MS);
    this.#timers.set(name, turnOff);
  }
}

function countsOf({ drives, framesSent, framesReceived }: DevicesFrame): Map<string, Counts> {
  return new Map([...Object.entries(drives), ['network', { reads: framesReceived, writes: framesSent }]]);
}
