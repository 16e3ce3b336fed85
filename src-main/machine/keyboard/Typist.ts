import type { DeviceState, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readOptionalTime } from '../snapshot.ts';
import { readTypingSteps, type TypingStep } from './typing.ts';

/** Guest time between two key events, at the least. */
const STEP_NS = 5_000_000;
/** A guest that never shows that it is ready gets its keys after this time. */
const PATIENCE_NS = 2_000_000_000;

export interface TypistTarget {
  key(code: string, isDown: boolean): void;
  /** The guest has taken all bytes of earlier keys. */
  isTaken(): boolean;
  /** The guest waits for keys: by interrupt or by looking. */
  isReady(): boolean;
}

/**
 * Types key after key in guest time, each when the guest has taken the one before: no text is too long for
 * the keyboard's sixteen bytes.
 */
export class Typist {
  private readonly timers: TimerService;
  private readonly target: TypistTarget;
  private steps: TypingStep[] = [];
  private timer: TimerHandle | undefined;
  /** Guest time from which readiness is no longer waited for; undefined: it need not be. */
  private patienceEnds: number | undefined;

  constructor(timers: TimerService, target: TypistTarget) {
    this.timers = timers;
    this.target = target;
  }

  /** Adds to what is still to be typed. */
  type(steps: readonly TypingStep[], options: { readonly whenReady: boolean }): void {
    if (this.steps.length === 0 && options.whenReady) this.patienceEnds = this.timers.now() + PATIENCE_NS;
    this.steps.push(...steps);
    this.schedule(STEP_NS);
  }

  get isTyping(): boolean {
    return this.steps.length > 0;
  }

  clear(): void {
    this.steps = [];
    this.patienceEnds = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  save(): DeviceState {
    return {
      version: 1,
      steps: this.steps.map((step) => ({ ...step })),
      patienceEnds: this.patienceEnds ?? null,
      continuesAt: this.timer?.deadline ?? null,
    };
  }

  restore(state: DeviceState): void {
    checkVersion('typist', state, 1);
    const steps = readTypingSteps(state['steps']);
    const [patienceEnds, continuesAt] = [
      readOptionalTime(state, 'patienceEnds'),
      readOptionalTime(state, 'continuesAt'),
    ];
    this.clear();
    this.steps = steps;
    this.patienceEnds = patienceEnds;
    if (continuesAt !== undefined) this.timer = this.continueAt(continuesAt);
  }

  private schedule(delayNs: number): void {
    if (this.timer !== undefined || this.steps.length === 0) return;
    this.timer = this.continueAt(this.timers.now() + delayNs);
  }

  private continueAt(deadline: number): TimerHandle {
    return this.timers.schedule(deadline, () => {
      this.timer = undefined;
      this.schedule(this.advance());
    });
  }

  /** Does the next step if its time has come; returns the time to the next look. */
  private advance(): number {
    if (this.patienceEnds !== undefined) {
      if (!this.target.isReady() && this.timers.now() < this.patienceEnds) return STEP_NS;
      this.patienceEnds = undefined;
    }
    if (!this.target.isTaken()) return STEP_NS;
    const step = this.steps.shift();
    if (step === undefined) return STEP_NS;
    if ('pauseMs' in step) return Math.max(STEP_NS, step.pauseMs * 1_000_000);
    this.target.key(step.code, step.isDown);
    return STEP_NS;
  }
}
