import type { QuitRequest } from '../../src-preload/contract/application.ts';

export interface QuitActions {
  /** What would be lost now. */
  losses(): QuitRequest;
  isConfirmationWanted(): boolean;
  /** Machines that are on are to be suspended rather than lost. */
  isSuspendWanted(): boolean;
  /** Suspends the machines; false when one could not be, of which the user was told. */
  suspend(): Promise<boolean>;
  /** Asks in the window, which answers with `answer`; false when there is no window that could. */
  askInWindow(request: QuitRequest): boolean;
  /** Asks by a dialog of the system. */
  askBySystem(request: QuitRequest): Promise<boolean>;
  /** Ends the app in good order; called once. */
  leave(): Promise<void>;
}

/** Nothing is lost without asking; nothing asks twice. */
export class QuitGuard {
  private readonly actions: QuitActions;
  private leaving: Promise<void> | null = null;
  private suspending: Promise<boolean> | null = null;
  private isAskingSystem = false;

  constructor(actions: QuitActions) {
    this.actions = actions;
  }

  get isLeaving(): boolean {
    return this.leaving !== null;
  }

  /** The user wants to quit, by whatever way. */
  async request(): Promise<void> {
    if (this.leaving) return this.leaving;
    const request = this.actions.losses();
    if (request.unsaved.length === 0 && this.actions.isSuspendWanted()) return this.suspendAndLeave();
    const isLossy = request.unsaved.length > 0 || (request.machines.length > 0 && this.actions.isConfirmationWanted());
    if (!isLossy) return this.leaveNow();
    if (this.isAskingSystem || this.actions.askInWindow(request)) return undefined;
    this.isAskingSystem = true;
    const isConfirmed = await this.actions.askBySystem(request).finally(() => (this.isAskingSystem = false));
    return isConfirmed ? this.leaveNow() : undefined;
  }

  /** The window's answer. */
  async answer(quit: boolean, suspend = this.actions.isSuspendWanted()): Promise<void> {
    if (quit) await (suspend ? this.suspendAndLeave() : this.leaveNow());
  }

  private async suspendAndLeave(): Promise<void> {
    if (this.leaving) return this.leaving;
    this.suspending ??= this.actions.suspend().finally(() => (this.suspending = null));
    if (await this.suspending) await this.leaveNow();
  }

  /** Without questions: the system shuts down, or a signal came. */
  leaveNow(): Promise<void> {
    this.leaving ??= this.actions.leave();
    return this.leaving;
  }
}
