/** The part of xterm.js in use. */
export interface TerminalScreen {
  /** `onDone` is called once the bytes have been taken in. */
  write(bytes: Uint8Array | string, onDone: () => void): void;
  reset(): void;
}

/** Bytes handed to the terminal and not yet taken in: more would only make it later. */
const UNDER_WAY_MOST = 128 * 1024;
/** Bytes that wait behind them; beyond this the oldest are lost, as they would have scrolled away unread. */
const WAITING_MOST = 256 * 1024;

/**
 * Serial output on its way into a terminal. A guest can print faster than any terminal draws: what waits is bounded,
 * and what is lost is said in its place.
 */
export class TerminalFeed {
  readonly #terminal: TerminalScreen;
  readonly #lossText: (count: number) => string;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #underWay = 0;
  #lost = 0;

  constructor(terminal: TerminalScreen, lossText: (count: number) => string) {
    this.#terminal = terminal;
    this.#lossText = lossText;
  }

  /** Forgets what was to come. */
  restart(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#lost = 0;
    this.#terminal.reset();
  }

  /** @param lostBefore bytes that were lost on the way here, just before these */
  push(bytes: Uint8Array, lostBefore = 0): void {
    // What waits stands before the gap: with it, there would be two.
    if (lostBefore > 0) this.#drop(this.#waitingBytes, lostBefore);
    if (bytes.length > 0) this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > WAITING_MOST) this.#drop(this.#waitingBytes - WAITING_MOST, 0);
    this.#pump();
  }

  #drop(count: number, already: number): void {
    this.#lost += already;
    let left = count;
    while (left > 0) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      const taken = Math.min(left, first.length);
      if (taken === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(taken);
      this.#waitingBytes -= taken;
      this.#lost += taken;
      left -= taken;
    }
  }

  #pump(): void {
    if (this.#lost > 0 && this.#underWay < UNDER_WAY_MOST) {
      this.#terminal.write(`\r\n[${this.#lossText(this.#lost)}]\r\n`, () => undefined);
      this.#lost = 0;
    }
    while (this.#underWay < UNDER_WAY_MOST) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) return;
      this.#waitingBytes -= bytes.length;
      this.#underWay += bytes.length;
      this.#terminal.write(bytes, () => {
        this.#underWay -= bytes.length;
        this.#pump();
      });
    }
  }
}
