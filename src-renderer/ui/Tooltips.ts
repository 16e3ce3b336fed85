import { shallowRef } from 'vue';

/** How long somebody dwells on something before its tip comes. */
const DELAY_MS = 500;
/** So long after a tip others come at once: their reader goes from one to the next. */
const READING_MS = 200;
/** For the pointer's way from something to its tip, whose text may be selected or enlarged. */
const GRACE_MS = 100;

/** Its fields may change while it is shown: they are its component's properties. */
export interface Tip {
  readonly text: string;
  readonly shortcut?: string | undefined;
}

interface ShownTip<Target> {
  readonly target: Target;
  readonly tip: Tip;
}

/** The window's one tooltip: about which element, a `Target`, and when it comes and goes. */
export class Tooltips<Target> {
  readonly #shown = shallowRef<ShownTip<Target> | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where the pointer is: one tip for each visit, so none comes back after a press. */
  #visited: ShownTip<Target> | null = null;
  #readUntil = -Infinity;

  get shown(): ShownTip<Target> | null {
    return this.#shown.value;
  }

  /** The pointer moves on something. */
  approach(target: Target, tip: Tip): void {
    if (target === this.#visited?.target) return;
    this.#visited = { target, tip };
    if (this.shown !== null || performance.now() < this.#readUntil) this.show(target, tip);
    else this.#after(DELAY_MS, () => this.show(target, tip));
  }

  show(target: Target, tip: Tip): void {
    clearTimeout(this.#timer);
    this.#shown.value = { target, tip };
  }

  /** The pointer has gone, perhaps to the tip. */
  leave(): void {
    this.#visited = null;
    this.#after(GRACE_MS, () => {
      if (this.shown) this.#readUntil = performance.now() + READING_MS;
      this.dismiss();
    });
  }

  /** The pointer is on the tip itself. */
  stay(): void {
    clearTimeout(this.#timer);
  }

  /** What the tip is about goes, though the pointer has not left it: no tip lies, or comes, where nothing is. */
  forget(tip: Tip): void {
    if (this.#visited?.tip === tip) {
      this.#visited = null;
      clearTimeout(this.#timer);
    }
    if (this.shown?.tip === tip) this.dismiss();
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.#shown.value = null;
  }

  #after(ms: number, deed: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(deed, ms);
  }
}

export const tooltips = new Tooltips<HTMLElement>();
