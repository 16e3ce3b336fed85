import { RAX, RBX, RCX, RDX, STATE } from '../../state/layout.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { readMsrHigh, readMsrLow } from './modelSpecificRegisters.ts';
import { MISC_ENABLE_XD_DISABLE, MSR } from './msrTable.ts';
import { requireSupervisor } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** EDX of leaf 1 and of leaf 80000001h. */
const CPUID_APIC = 1 << 9;
const CPUID_NX = 1 << 20;
const APIC_BASE_ENABLE = 1 << 11;

/** CPUID: leaf in EAX, subleaf in ECX (SDM vol. 2A, CPUID). */
export function cpuid(c: SystemContext): void {
  const { state } = c;
  c.count('cpuid');
  const leaf = state.register(RAX);
  const [eax, ebx, ecx, edx] = c.features.cpuid(leaf, state.register(RCX));
  state.setRegister(RAX, eax);
  state.setRegister(RBX, ebx);
  state.setRegister(RCX, ecx);
  state.setRegister(RDX, edx & ~switchedOff(c, leaf >>> 0));
}

/** Bits of EDX that are not announced because software has switched off what they stand for. */
function switchedOff(c: SystemContext, leaf: number): number {
  // SDM vol. 3A, 11.4.3.
  if (leaf === 1) return (readMsrLow(c, MSR.APIC_BASE) & APIC_BASE_ENABLE) === 0 ? CPUID_APIC : 0;
  if (leaf !== 0x8000_0001) return 0;
  return (readMsrHigh(c, MSR.MISC_ENABLE) & MISC_ENABLE_XD_DISABLE) !== 0 ? CPUID_NX : 0;
}

/** HLT: the processor waits for an interrupt; the return address of that interrupt is the next instruction. */
export function halt(c: SystemContext): void {
  requireSupervisor(c);
  c.count('halt');
  c.state.setInt(STATE.halted, 1);
}

/** INVLPG. */
export function invalidatePage(c: SystemContext, linearAddress: number): void {
  requireSupervisor(c);
  c.count('invalidate');
  c.invalidatePage(linearAddress >>> 0);
}

/** WBINVD and INVD: there is no cache to write back, only the privilege check. */
export function writeBackCaches(c: SystemContext): void {
  requireSupervisor(c);
}

/** #UD. */
export function undefinedOpcode(_c: SystemContext): never {
  throw new GuestFault(VECTOR.UD);
}

/** #NM. */
export function notAvailable(_c: SystemContext): never {
  throw new GuestFault(VECTOR.NM);
}

/** The exception `vector`, with an error code unless that is -1. */
export function raise(_c: SystemContext, vector: number, errorCode: number): never {
  throw new GuestFault(vector, errorCode);
}
