import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { CrashReport, PauseReason, TravelStop, VmState } from '../types.ts';
import { nextState, type VmTransition } from './transitions.ts';

export interface ConditionEvents {
  /** Anything of it has changed. */
  onChanged(): void;
  onState(from: VmState, to: VmState): void;
}

/** What a machine is at, as main knows it: its state, and why it is in it. */
export class MachineCondition {
  readonly #events: ConditionEvents;
  readonly #driveProblems = new Map<DriveSlot, string>();
  #state: VmState = 'off';
  #pauseReason: PauseReason | null = null;
  #crash: CrashReport | null = null;
  #isStopped = false;
  #isAnswering = true;
  #isGoingBack = false;
  #isDebugged = false;
  /** What the machine is once it is no longer `saving`. */
  #afterSaving: 'saved-running' | 'saved-paused' = 'saved-paused';

  constructor(events: ConditionEvents) {
    this.#events = events;
  }

  get state(): VmState {
    return this.#state;
  }

  get pauseReason(): PauseReason | null {
    return this.#pauseReason;
  }

  get crash(): CrashReport | null {
    return this.#crash;
  }

  /** HLT that no interrupt can end. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Its thread looks at its clock and its messages. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** It runs backwards, or was told to. */
  get isGoingBack(): boolean {
    return this.#isGoingBack;
  }

  noteGoingBack(isGoingBack: boolean): void {
    this.#isGoingBack = isGoingBack;
  }

  /** A debugger is connected. */
  get isDebugged(): boolean {
    return this.#isDebugged;
  }

  noteDebugger(isAttached: boolean): void {
    this.#isDebugged = isAttached;
    this.#events.onChanged();
  }

  get driveProblems(): ReadonlyMap<DriveSlot, string> {
    return this.#driveProblems;
  }

  /** Takes the state that the transition leads to; a transition that does not fit changes nothing but what the summary says. */
  transit(transition: VmTransition): void {
    const from = this.#state;
    const to = nextState(from, transition);
    if (to !== undefined) {
      // What is not running goes nowhere; but for one that has ended, which stands still before it sets out.
      if (from === 'running') this.#isGoingBack = false;
      this.#state = to;
      this.#events.onState(from, to);
    }
    this.#events.onChanged();
  }

  onRunning(): void {
    this.#pauseReason = null;
    this.#crash = null;
    this.#isStopped = false;
    this.#afterSaving = 'saved-running';
    this.transit(this.#state === 'starting' ? 'started' : 'resume');
  }

  onPaused(reason: PauseReason): void {
    this.#pauseReason = reason;
    this.#afterSaving = 'saved-paused';
    this.transit('pause');
  }

  onTravelled(stop: TravelStop): void {
    this.#pauseReason = { kind: 'travelled', stop };
    this.#crash = null;
    this.#isStopped = false;
    this.#afterSaving = 'saved-paused';
    this.transit('travel');
  }

  onStopped(): void {
    this.#isStopped = true;
    this.#events.onChanged();
  }

  onReset(): void {
    this.#isStopped = false;
    if (this.#state === 'paused') this.#pauseReason = { kind: 'started-paused' };
  }

  onStartedPaused(): void {
    this.#pauseReason = { kind: 'started-paused' };
    this.transit('started-paused');
  }

  onCrashed(report: Omit<CrashReport, 'at'>): CrashReport {
    const crash = { ...report, at: Date.now() };
    this.#crash = crash;
    this.#pauseReason = null;
    this.#isStopped = false;
    this.#isAnswering = true;
    this.transit('crash');
    return crash;
  }

  beginSaving(): void {
    this.#afterSaving = this.#state === 'running' ? 'saved-running' : 'saved-paused';
    this.transit('save');
  }

  /** It goes on as what it was, or as what its thread has made of it meanwhile. */
  endSaving(): void {
    if (this.#state === 'saving') this.transit(this.#afterSaving);
  }

  /** It is another machine now, paused. One that has died just now stays crashed. */
  onRestored(): void {
    this.#pauseReason = { kind: 'restored' };
    this.#isStopped = false;
    if (this.#state === 'starting') this.transit('started-paused');
    else if (this.#state === 'saving') this.transit('saved-paused');
  }

  noteAnswering(isAnswering: boolean): void {
    if (this.#isAnswering === isAnswering) return;
    this.#isAnswering = isAnswering;
    this.#events.onChanged();
  }

  /** @param message null: the host can read and write the drive's image again */
  noteDriveProblem(slot: DriveSlot, message: string | null): void {
    if (message === null) this.#driveProblems.delete(slot);
    else this.#driveProblems.set(slot, message);
    this.#events.onChanged();
  }

  /** Another medium lies in a drive: what was wrong with the former is over. */
  forgetDriveProblem(slot: DriveSlot): void {
    this.#driveProblems.delete(slot);
  }

  /** What a machine that is off does not have. */
  forget(): void {
    this.#pauseReason = null;
    this.#crash = null;
    this.#isStopped = false;
    this.#isAnswering = true;
    this.#isDebugged = false;
    this.#driveProblems.clear();
  }
}
