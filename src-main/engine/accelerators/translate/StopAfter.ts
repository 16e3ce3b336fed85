import type { CpuState } from '../../state/CpuState.ts';
import { EXIT, STATE } from '../../state/layout.ts';
import { RECORD } from '../../tiers/threaded/record.ts';
import { STEP_KINDS, type StepKind } from '../../tiers/threaded/stepHandlers.ts';

/** Steps whose `count` does not include an instruction of their own. */
const BEHIND_INSTRUCTIONS: ReadonlySet<StepKind | undefined> = new Set([
  'goto',
  'leavePageFlat',
  'leavePageSegmented',
  'stub',
  'stop',
  'yield',
]);

const NO_RECORD = 0;

/**
 * Ends a stretch of generated code behind the instruction that is just making a memory access, without a test in
 * any handler: a `pause` takes the place of the record behind it, and for jumps and repetitions, which
 * look at the budget, nothing is left of that.
 */
export class StopAfter {
  private readonly state: CpuState;
  private readonly view: DataView;
  private readonly pause: number;
  private record = NO_RECORD;
  private handler = 0;
  /** What was taken from `STATE.budget`. */
  private cut = 0;

  /** @param view of the VM's memory; @param pause index of the `pause` handler */
  constructor(state: CpuState, view: DataView, pause: number) {
    this.state = state;
    this.view = view;
    this.pause = pause;
  }

  /** Instructions left in the stretch's budget. */
  get budget(): number {
    return this.state.getInt(STATE.budget) + this.cut;
  }

  /** Called from inside of an access of the instruction in `STATE.record`. */
  request(): void {
    const { state } = this;
    if (this.record !== NO_RECORD) return;
    state.setInt(STATE.stopAfter, 1);
    this.record = state.getInt(STATE.record) + RECORD.size;
    this.handler = this.view.getUint32(this.record + RECORD.handler, true);
    this.view.setUint32(this.record + RECORD.handler, this.pause, true);
    this.cut = state.getInt(STATE.budget);
    state.setInt(STATE.budget, 0);
  }

  /**
   * Generated code was left: puts everything back.
   * @param last the record at which it was left
   * @returns instructions that are charged beyond `STATE.budget`, when that was at a `pause`
   */
  settle(last: number): number {
    if (this.record === NO_RECORD) return 0;
    const { state, view } = this;
    const at = this.record + RECORD.handler;
    // The instruction may have written over its successor, which is stale then.
    if (view.getUint32(at, true) === this.pause) view.setUint32(at, this.handler, true);
    state.setInt(STATE.budget, this.budget);
    state.setInt(STATE.stopAfter, 0);
    this.cut = 0;
    this.record = NO_RECORD;
    if (state.getInt(STATE.exit) !== EXIT.pause) return 0;
    const count = view.getUint8(last + RECORD.count);
    return BEHIND_INSTRUCTIONS.has(STEP_KINDS[this.handler]) ? count : count - 1;
  }
}
