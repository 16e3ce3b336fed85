import type { MachineExit } from './MachineExit.ts';

/** Why a machine's run is to stop, beside what its processor does: callers' kicks, devices' needs, the guest's own wishes. */
export class StopRequests {
  private readonly kickProcessors: () => void;
  /** Why the machine will not run again before a reset. */
  private final: MachineExit | undefined;
  /** What a device asked for during the present instruction. */
  private asked: MachineExit | undefined;
  /** Somebody outside asked for attention; and a device had the processor stopped earlier than planned, which nobody else need know. */
  private isKicked = false;
  private wasCutShort = false;

  /** @param kickProcessors makes processors stop soon */
  constructor(kickProcessors: () => void) {
    this.kickProcessors = kickProcessors;
  }

  get end(): MachineExit | undefined {
    return this.final;
  }

  get isCutShort(): boolean {
    return this.wasCutShort;
  }

  /** Somebody wants attention. */
  kick(): void {
    this.isKicked = true;
    this.kickProcessors();
  }

  /** The processor stops soon, though nobody asked the machine to. */
  cutShort(): void {
    this.wasCutShort = true;
    this.kickProcessors();
  }

  /** The guest wants the machine reset or switched off: the first wish counts. */
  ask(request: MachineExit): void {
    this.asked ??= request;
    this.kickProcessors();
  }

  /** The machine does not run any more before a reset. */
  endWith(exit: MachineExit): MachineExit {
    this.final = exit;
    return exit;
  }

  /** What was asked for since the last call. */
  takeRequest(): MachineExit | undefined {
    const { asked } = this;
    this.asked = undefined;
    return asked?.reason === 'poweroff' ? this.endWith(asked) : asked;
  }

  /** A processor was kicked: whether only for a device's sake. */
  takeOwnKick(): boolean {
    const isOwn = this.wasCutShort && !this.isKicked;
    this.wasCutShort = false;
    this.isKicked = false;
    return isOwn;
  }

  /** After a reset, or where a snapshot goes on. */
  restart(end: MachineExit | undefined): void {
    this.asked = undefined;
    this.final = end;
  }
}
