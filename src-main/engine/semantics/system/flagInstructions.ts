import { FLAG } from '../../state/flags.ts';
import { INTERRUPT_SHADOW, STATE } from '../../state/layout.ts';
import { CR4 } from './controlBits.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { ioPrivilegeLevel, isProtected, isVirtual8086, setSystemFlags, writeFlags } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';
import { refusePendingVirtualInterrupt, virtualFlags } from './virtual8086Interrupts.ts';

/** What POPF writes at any privilege level. */
const POPF_FLAGS = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.TF | FLAG.DF | FLAG.OF | FLAG.NT;
/** And POPFD in the upper half; it clears RF. */
const POPFD_FLAGS = POPF_FLAGS | FLAG.AC | FLAG.ID;

/** POPF and POPFD, given the value popped (SDM vol. 2B, POPF, table 4-16). VM, VIP and VIF stay, but for VME. */
export function popFlags(c: SystemContext, value: number, operandSize: number): void {
  const { state } = c;
  const is32Bit = operandSize === 32;
  const ioPrivilege = ioPrivilegeLevel(state);
  let mask: number = is32Bit ? POPFD_FLAGS | FLAG.RF : POPF_FLAGS;
  let flags = value & ~FLAG.RF;
  if (isVirtual8086(state)) {
    if (ioPrivilege === 3) {
      mask |= FLAG.IF;
    } else {
      if (is32Bit || (state.controlRegister(4) & CR4.VME) === 0 || (value & FLAG.TF) !== 0) {
        throw new GuestFault(VECTOR.GP, 0);
      }
      refusePendingVirtualInterrupt(c, (value & FLAG.IF) !== 0);
      flags = (flags & ~FLAG.VIF) | (value & FLAG.IF ? FLAG.VIF : 0);
      mask |= FLAG.VIF;
    }
  } else {
    if (state.cpl <= ioPrivilege) mask |= FLAG.IF;
    if (state.cpl === 0) mask |= FLAG.IOPL;
  }
  const before = state.getInt(STATE.systemFlags);
  writeFlags(state, flags, mask);
  if (((state.getInt(STATE.systemFlags) ^ before) & FLAG.AC) !== 0) c.modeChanged();
}

/** The image that PUSHF and PUSHFD push: VM and RF read as clear (SDM vol. 2B, PUSHF). */
export function pushFlags(c: SystemContext, operandSize: number): number {
  const { state } = c;
  if (isVirtual8086(state) && ioPrivilegeLevel(state) < 3) {
    if (operandSize === 32 || (state.controlRegister(4) & CR4.VME) === 0) throw new GuestFault(VECTOR.GP, 0);
    return virtualFlags(c);
  }
  return state.eflags & ~(FLAG.VM | FLAG.RF);
}

/** CLI (0) and STI (1); below IOPL they change VIF where VME or PVI allow it, else #GP(0) (SDM vol. 2A, CLI, table 3-7). */
export function setInterruptFlag(c: SystemContext, value: number): void {
  const { state } = c;
  const isVirtual = isProtected(state) && state.cpl > ioPrivilegeLevel(state);
  if (isVirtual) {
    const extension = isVirtual8086(state) ? CR4.VME : CR4.PVI;
    if (state.cpl !== 3 || (state.controlRegister(4) & extension) === 0) throw new GuestFault(VECTOR.GP, 0);
    refusePendingVirtualInterrupt(c, value !== 0);
  }
  const flag = isVirtual ? FLAG.VIF : FLAG.IF;
  if (value === 0) {
    setSystemFlags(state, 0, flag);
    return;
  }
  const wasClear = (state.getInt(STATE.systemFlags) & FLAG.IF) === 0;
  setSystemFlags(state, flag, 0);
  if (!isVirtual && wasClear) state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.sti);
}
