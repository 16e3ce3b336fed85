import { CS } from '../../state/layout.ts';
import { type Descriptor, type ExternalBit, fetchDescriptor, isNullSelector, selectorError } from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import type { SystemContext } from './SystemContext.ts';

/** Fetches the descriptor that a far transfer names: null is #GP(0), outside of its table #GP(selector). */
export function fetchTarget(c: SystemContext, selector: number, external: ExternalBit = 0): Descriptor {
  if (isNullSelector(selector)) throw new GuestFault(VECTOR.GP, external);
  return fetchDescriptor(c, selector, VECTOR.GP, external);
}

/** A direct JMP or CALL to a code segment (SDM vol. 3A, 5.8.1): #GP(selector) or #NP(selector). */
export function checkDirectTarget(descriptor: Descriptor, selector: number, cpl: number): void {
  const isReachable = descriptor.isConformingCode
    ? descriptor.dpl <= cpl
    : descriptor.dpl === cpl && (selector & 3) <= cpl;
  if (!isReachable) throw new GuestFault(VECTOR.GP, selectorError(selector));
  requirePresentCode(descriptor, selector);
}

/** The code segment that RETF and IRET go back to, at the level of the selector's RPL (SDM vol. 3A, 5.8.6). */
export function fetchReturnTarget(c: SystemContext, selector: number): Descriptor {
  const descriptor = fetchTarget(c, selector);
  const level = selector & 3;
  const isAllowed = descriptor.isConformingCode ? descriptor.dpl <= level : descriptor.dpl === level;
  if (!descriptor.isCode || level < c.state.cpl || !isAllowed) {
    throw new GuestFault(VECTOR.GP, selectorError(selector));
  }
  requirePresentCode(descriptor, selector);
  return descriptor;
}

/** The code segment behind a call, interrupt or trap gate: code of this or a more privileged level. */
export function fetchGateTarget(c: SystemContext, selector: number, external: ExternalBit): Descriptor {
  const descriptor = fetchTarget(c, selector, external);
  if (!descriptor.isCode || descriptor.dpl > c.state.cpl) {
    throw new GuestFault(VECTOR.GP, selectorError(selector, external));
  }
  requirePresentCode(descriptor, selector, external);
  return descriptor;
}

function requirePresentCode(descriptor: Descriptor, selector: number, external: ExternalBit = 0): void {
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector, external));
}

/** #GP(0) when the new instruction pointer lies beyond the code segment's limit. */
export function requireWithin(limit: number, eip: number, external: ExternalBit = 0): void {
  if (eip >>> 0 > limit) throw new GuestFault(VECTOR.GP, external);
}

/** Commits CS, CPL and EIP. The caller has marked the descriptor as accessed and calls `modeChanged`. */
export function commitCode(
  c: SystemContext,
  selector: number,
  descriptor: Descriptor,
  level: number,
  eip: number,
): void {
  const { state } = c;
  descriptor.load(state, CS, (selector & 0xfffc) | level);
  state.cpl = level;
  state.eip = eip;
}
