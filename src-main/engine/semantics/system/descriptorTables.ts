import { LDTR, TR } from '../../state/layout.ts';
import {
  type Descriptor,
  SYSTEM_TYPE,
  isNullSelector,
  readDescriptor,
  selectorError,
  writeBusy,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { requireDescriptors, requireSupervisor } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** LGDT (0) and LIDT (1) (SDM vol. 2A, LGDT). */
export function loadDescriptorTable(c: SystemContext, which: number, base: number, limit: number): void {
  requireSupervisor(c);
  c.count('descriptorTable');
  const table = { base: base >>> 0, limit: limit & 0xffff };
  if (which === 0) c.state.gdtr = table;
  else c.state.idtr = table;
}

/** LLDT (SDM vol. 2A): a null selector leaves no LDT. */
export function loadLdt(c: SystemContext, selector: number): void {
  requireDescriptors(c);
  requireSupervisor(c);
  c.count('descriptorTable');
  selector &= 0xffff;
  if (isNullSelector(selector)) {
    c.state.writeSegment(LDTR, selector, 0, 0, 0);
    return;
  }
  const descriptor = fetchGlobal(c, selector, (type) => type === SYSTEM_TYPE.LDT);
  descriptor.load(c.state, LDTR, selector);
}

/** LTR (SDM vol. 2A): an available TSS, which becomes busy; no task switch. */
export function loadTaskRegister(c: SystemContext, selector: number): void {
  requireDescriptors(c);
  requireSupervisor(c);
  c.count('descriptorTable');
  selector &= 0xffff;
  if (isNullSelector(selector)) throw new GuestFault(VECTOR.GP, 0);
  const descriptor = fetchGlobal(c, selector, (type) => type === SYSTEM_TYPE.TSS16 || type === SYSTEM_TYPE.TSS32);
  writeBusy(c, descriptor, true);
  descriptor.load(c.state, TR, selector);
}

/** A system descriptor in the GDT; else #GP(selector), or #NP(selector) when not present. */
function fetchGlobal(c: SystemContext, selector: number, accepts: (type: number) => boolean): Descriptor {
  const descriptor = (selector & 4) !== 0 ? undefined : readDescriptor(c, selector);
  if (descriptor === undefined || !descriptor.isSystem || !accepts(descriptor.type)) {
    throw new GuestFault(VECTOR.GP, selectorError(selector));
  }
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector));
  return descriptor;
}
