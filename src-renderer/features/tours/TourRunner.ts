import type { Observation } from './Observation.ts';
import type { Tour, TourStep } from './Tour.ts';

/** Where a reader is in a tour, and whether the step's task is done. Knows observations alone: no window, no machines. */
export class TourRunner {
  readonly tour: Tour;
  /** Position of the step, from 0. */
  index = 0;
  /** Once done, a step stays so, whatever the reader does next. */
  isDone = false;
  /** What there was when the reader had done it. */
  private met: Observation | null = null;
  /** What the step's outcome is told with. */
  facts: Readonly<Record<string, string>> = {};
  /** Null: the step's scene is being set. */
  private start: Observation | null = null;

  constructor(tour: Tour, index: number) {
    this.tour = tour;
    this.goTo(index);
  }

  get step(): TourStep {
    const step = this.tour.steps[this.index];
    if (!step) throw new Error(`The tour ${this.tour.id} has no step ${this.index}`);
    return step;
  }

  get isLast(): boolean {
    return this.index === this.tour.steps.length - 1;
  }

  goTo(index: number): void {
    this.index = Math.max(0, Math.min(this.tour.steps.length - 1, index));
    this.start = null;
    this.facts = {};
    this.met = null;
    this.isDone = this.step.isDone === undefined;
  }

  /** The step's scene is set: what happens from here on is the reader's doing. */
  begin(now: Observation): void {
    this.start = now;
  }

  /** Whether the reader has just done what the step asks for. */
  observe(now: Observation): boolean {
    if (this.isDone || this.met || this.start === null || !this.step.isDone?.(now, this.start)) return false;
    this.met = now;
    return true;
  }

  /**
   * Ends the step. It is told with what there is now, since what was observed first may have been in the middle of a
   * change; or with that, where things have moved on so far that now would belie it.
   */
  conclude(now: Observation): void {
    if (!this.met || this.start === null) return;
    this.isDone = true;
    this.facts = this.step.facts?.(this.step.isDone?.(now, this.start) ? now : this.met, this.start) ?? {};
  }
}
