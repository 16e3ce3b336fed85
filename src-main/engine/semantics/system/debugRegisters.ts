import { recordDebugStatus } from './breakpoints.ts';
import { CR4, DR6, DR7 } from './controlBits.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { requireSupervisor } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** Bits that read as one: 31..16 and 11..4 of DR6, 10 of DR7 (SDM vol. 3B, 18.2). */
const DR6_FIXED = 0xffff_0ff0;
const DR6_WRITABLE = 0x0000_e00f;
const DR7_FIXED = 0x0000_0400;
const DR7_WRITABLE = 0xffff_23ff;

/** MOV r32, DRn (SDM vol. 2B, MOV—Move to/from Debug Registers). */
export function readDebug(c: SystemContext, index: number): number {
  return c.state.debugRegister(checkedIndex(c, index));
}

/** MOV DRn, r32. */
export function writeDebug(c: SystemContext, index: number, value: number): void {
  const register = checkedIndex(c, index);
  let next = value;
  if (register === 6) next = (value & DR6_WRITABLE) | DR6_FIXED;
  else if (register === 7) next = (value & DR7_WRITABLE) | DR7_FIXED;
  c.state.setDebugRegister(register, next);
  if (register !== 6) c.breakpointsChanged();
}

/** DR4 and DR5 are DR6 and DR7 unless CR4.DE is set; DR7.GD makes any access a #DB, with DR6.BD. */
function checkedIndex(c: SystemContext, index: number): number {
  const { state } = c;
  const isAlias = index === 4 || index === 5;
  if (isAlias && (state.controlRegister(4) & CR4.DE) !== 0) throw new GuestFault(VECTOR.UD);
  requireSupervisor(c);
  c.count('controlRegister');
  if ((state.debugRegister(7) & DR7.GD) !== 0) {
    recordDebugStatus(state, DR6.BD);
    throw new GuestFault(VECTOR.DB);
  }
  return isAlias ? index + 2 : index;
}
