import { FLAG } from '../../state/flags.ts';
import { CS, RCX, RDX, RSP, SS } from '../../state/layout.ts';
import { isNullSelector } from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { readMsrLow } from './modelSpecificRegisters.ts';
import { MSR } from './msrTable.ts';
import { isProtected, requireSupervisor, setSystemFlags } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** Flat 4 GiB segments, accessed: code 32-bit execute/read, data read/write. */
const FLAT_CODE = 0xc09b,
  FLAT_DATA = 0xc093;
const DPL3 = 0x60;

/** SYSENTER (SDM vol. 2B): flat code and stack at level 0, from the SYSENTER MSRs. */
export function sysenter(c: SystemContext): void {
  const { state } = c;
  requireFeature(c);
  const selector = readMsrLow(c, MSR.SYSENTER_CS) & 0xffff;
  if (!isProtected(state) || isNullSelector(selector)) throw new GuestFault(VECTOR.GP, 0);
  c.count('farTransfer');
  setSystemFlags(state, 0, FLAG.VM | FLAG.IF | FLAG.RF);
  const code = selector & 0xfffc;
  state.setSegment(CS, { selector: code, attributes: FLAT_CODE, base: 0, limit: 0xffff_ffff });
  state.setSegment(SS, { selector: (code + 8) & 0xffff, attributes: FLAT_DATA, base: 0, limit: 0xffff_ffff });
  state.setRegister(RSP, readMsrLow(c, MSR.SYSENTER_ESP));
  state.eip = readMsrLow(c, MSR.SYSENTER_EIP);
  state.cpl = 0;
  c.modeChanged();
}

/** SYSEXIT (SDM vol. 2B): to level 3 at EDX with ECX as its stack pointer. */
export function sysexit(c: SystemContext): void {
  const { state } = c;
  requireFeature(c);
  const selector = readMsrLow(c, MSR.SYSENTER_CS) & 0xffff;
  if (!isProtected(state) || isNullSelector(selector)) throw new GuestFault(VECTOR.GP, 0);
  requireSupervisor(c);
  c.count('farTransfer');
  const code = ((selector + 16) & 0xffff) | 3;
  const stack = ((selector + 24) & 0xffff) | 3;
  state.setSegment(CS, { selector: code, attributes: FLAT_CODE | DPL3, base: 0, limit: 0xffff_ffff });
  state.setSegment(SS, { selector: stack, attributes: FLAT_DATA | DPL3, base: 0, limit: 0xffff_ffff });
  state.setRegister(RSP, state.register(RCX));
  state.eip = state.register(RDX);
  state.cpl = 3;
  c.modeChanged();
}

function requireFeature(c: SystemContext): void {
  if (!c.features.has('sep')) throw new GuestFault(VECTOR.UD);
}
