import type { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { type Descriptor, isNullSelector, readDescriptor } from './Descriptor.ts';
import { requireDescriptors, writeFlags } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** System descriptor types that LAR and LSL know, as bit sets (SDM vol. 2A, tables 3-53 and 3-56). */
const LAR_TYPES = 0b0001_1010_0011_1110;
const LSL_TYPES = 0b0000_1010_0000_1110;

/**
 * LAR: the access rights, bits 23..8 of the descriptor's high dword in place. ZF tells whether the value
 * is valid; the destination is written only then.
 */
export function accessRights(c: SystemContext, selector: number): number {
  const descriptor = visibleDescriptor(c, selector, LAR_TYPES);
  setZero(c.state, descriptor !== undefined);
  return descriptor === undefined ? 0 : descriptor.high & 0x00ff_ff00;
}

/** LSL: the limit in bytes; ZF as for {@link accessRights}. */
export function segmentLimit(c: SystemContext, selector: number): number {
  const descriptor = visibleDescriptor(c, selector, LSL_TYPES);
  setZero(c.state, descriptor !== undefined);
  return descriptor === undefined ? 0 : descriptor.limit;
}

/** VERR: ZF tells whether the segment can be read from here (SDM vol. 2B, VERR). */
export function verifyRead(c: SystemContext, selector: number): void {
  setZero(c.state, visibleDescriptor(c, selector, 0)?.isReadable === true);
}

/** VERW: ZF tells whether the segment can be written from here. */
export function verifyWrite(c: SystemContext, selector: number): void {
  setZero(c.state, visibleDescriptor(c, selector, 0)?.isWritableData === true);
}

/** The descriptor, if it exists, is a segment or one of `systemTypes`, and CPL and RPL may see it. No fault but #UD and #PF. */
function visibleDescriptor(c: SystemContext, selector: number, systemTypes: number): Descriptor | undefined {
  requireDescriptors(c);
  selector &= 0xffff;
  if (isNullSelector(selector)) return undefined;
  const descriptor = readDescriptor(c, selector);
  if (descriptor === undefined) return undefined;
  if (descriptor.isSystem && (systemTypes & (1 << descriptor.type)) === 0) return undefined;
  const isInReach = descriptor.dpl >= c.state.cpl && descriptor.dpl >= (selector & 3);
  return isInReach || descriptor.isConformingCode ? descriptor : undefined;
}

function setZero(state: CpuState, isSet: boolean): void {
  writeFlags(state, isSet ? FLAG.ZF : 0, FLAG.ZF);
}
