import { deliverEvent } from './eventDelivery.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { STATE } from '../../state/layout.ts';
import type { SystemContext } from './SystemContext.ts';

/** `shutdown`: a third fault while a double fault was delivered; only reset, or NMI on some processors, ends it. */
export type ExceptionOutcome = 'delivered' | 'shutdown';

/**
 * Delivers a fault, and whatever faults its delivery meets, combined by the table of double faults
 * (SDM vol. 3A, 6.15, table 6-5). `state.eip` is the faulting instruction's. Sets CR2 for each #PF.
 *
 * @param resumeFlag whether `fault` pushes RF set; #DB may be a fault or a trap, the others say by themselves
 */
export function deliverException(
  c: SystemContext,
  fault: GuestFault,
  resumeFlag = setsResumeFlag(fault.vector),
): ExceptionOutcome {
  let current = fault;
  recordPageFault(c, fault);
  for (;;) {
    const { vector, errorCode } = current;
    c.count('exception', 1, vector);
    try {
      deliverEvent(c, { vector, errorCode, source: 'exception', resumeFlag });
      return 'delivered';
    } catch (next) {
      if (!(next instanceof GuestFault)) throw next;
      recordPageFault(c, next);
      const combined = combine(vector, next);
      if (combined === 'shutdown') return 'shutdown';
      current = combined;
      resumeFlag = setsResumeFlag(combined.vector);
    }
  }
}

/** CR2 and the count, also when the fault then becomes part of a double fault. */
function recordPageFault({ state }: SystemContext, fault: GuestFault): void {
  if (fault.vector !== VECTOR.PF) return;
  state.setControlRegister(2, fault.address);
  state.setFloat64(STATE.pageFaults, state.getFloat64(STATE.pageFaults) + 1);
}

function combine(first: number, second: GuestFault): GuestFault | 'shutdown' {
  const isSerious = second.vector === VECTOR.PF || isContributory(second.vector);
  if (first === VECTOR.DF && isSerious) return 'shutdown';
  const isDouble = isContributory(first) ? isContributory(second.vector) : first === VECTOR.PF && isSerious;
  return isDouble ? new GuestFault(VECTOR.DF, 0) : second;
}

/** #DE, #TS, #NP, #SS and #GP (SDM vol. 3A, table 6-4). */
function isContributory(vector: number): boolean {
  return vector === VECTOR.DE || (vector >= VECTOR.TS && vector <= VECTOR.GP);
}

/** Faults push RF set; traps, aborts and #DB push it as it is (SDM vol. 3B, 18.3.1.1). */
function setsResumeFlag(vector: number): boolean {
  switch (vector) {
    case VECTOR.DB:
    case VECTOR.NMI:
    case VECTOR.BP:
    case VECTOR.OF:
    case VECTOR.DF:
    case VECTOR.MC:
      return false;
    default:
      return true;
  }
}
