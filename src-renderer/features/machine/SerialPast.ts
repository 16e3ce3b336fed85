import type { SerialFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';

/** As much of the past as a console that opens later is shown. */
const KEPT_BYTES = 64 * 1024;

/** What a serial port has sent since power-on, or the newest of it. */
export class SerialPast {
  #parts: Uint8Array[] = [];

  add({ restart, bytes }: SerialFrame): void {
    if (restart) this.#parts = [];
    this.#parts.push(bytes);
    let kept = this.#byteLength;
    while (this.#parts.length > 1 && kept - (this.#parts[0]?.length ?? 0) > KEPT_BYTES) {
      kept -= this.#parts.shift()?.length ?? 0;
    }
  }

  /** All of it as one frame; undefined before the first. */
  get frame(): SerialFrame | undefined {
    if (this.#parts.length === 0) return undefined;
    const bytes = new Uint8Array(this.#byteLength);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { restart: true, bytes, droppedBytes: 0 };
  }

  get #byteLength(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }
}
