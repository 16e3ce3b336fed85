import {
  type Catchpoint,
  catches,
  type CaughtEvent,
  type ControlRegisterNumber,
  meetsPort,
  type ModeOfOperation,
} from '../../Catchpoint.ts';
import { CR0 } from '../../semantics/system/controlBits.ts';
import type { ProcessorEvent } from '../../semantics/system/eventDelivery.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { STATE } from '../../state/layout.ts';

/**
 * The debugger's catchpoints. Every event they are about goes through a helper anyway, which tells of it; where there are
 * none that is one look at an empty list, and generated code knows nothing of them.
 */
export class DebuggerCatchpoints {
  private readonly state: CpuState;
  private all: readonly Catchpoint[] = [];
  private caught: CaughtEvent[] = [];
  private mode: ModeOfOperation;

  constructor(state: CpuState) {
    this.state = state;
    this.mode = modeOf(state);
  }

  set(catchpoints: readonly Catchpoint[]): void {
    this.all = catchpoints;
    if (this.caught.length > 0) this.caught = [];
    this.settleMode();
  }

  get hasHit(): boolean {
    return this.caught.length > 0;
  }

  /** What of the present instruction was caught, in order. */
  get hits(): readonly CaughtEvent[] {
    return this.caught;
  }

  /** The instruction has faulted and will be executed again, or its hits have been told. */
  forgetHits(): void {
    if (this.caught.length > 0) this.caught = [];
  }

  /** Whether each single access of a port has to be told. */
  watchesPort(port: number, byteLength: number): boolean {
    return this.all.some((each) => each.kind === 'port' && meetsPort(each, port, byteLength));
  }

  onPort(port: number, byteLength: number, access: 'read' | 'write'): void {
    if (this.all.length === 0) return;
    this.meet({ kind: 'port', port, byteLength, access });
  }

  /** @param returnAddress linear, of what was interrupted */
  onDelivery({ vector, source, errorCode }: ProcessorEvent, returnAddress: number): void {
    if (this.all.length === 0) return;
    if (source === 'exception') this.meet({ kind: 'exception', vector, errorCode, returnAddress });
    else this.meet({ kind: 'interrupt', vector, source, returnAddress });
  }

  onControlRegister(register: ControlRegisterNumber): void {
    if (this.all.length === 0) return;
    this.meet({ kind: 'control-register', register, value: this.state.controlRegister(register) >>> 0 });
  }

  /** The mode may have changed. */
  onMode(): void {
    if (this.all.length === 0) return;
    const from = this.mode;
    const to = (this.mode = modeOf(this.state));
    const isSame =
      from.isProtected === to.isProtected && from.isPaging === to.isPaging && from.isVirtual8086 === to.isVirtual8086;
    if (!isSame) this.meet({ kind: 'mode', from, to });
  }

  /** The mode is what it is by somebody else's doing. */
  settleMode(): void {
    this.mode = modeOf(this.state);
  }

  private meet(event: CaughtEvent): void {
    if (this.all.some((each) => catches(each, event))) this.caught.push(event);
  }
}

function modeOf(state: CpuState): ModeOfOperation {
  const cr0 = state.controlRegister(0);
  return {
    isProtected: (cr0 & CR0.PE) !== 0,
    isPaging: (cr0 & CR0.PG) !== 0,
    isVirtual8086: (state.getInt(STATE.systemFlags) & FLAG.VM) !== 0,
  };
}
