import type { CpuState } from '../../state/CpuState.ts';
import type { ControlRegisterNumber } from '../../Catchpoint.ts';
import { CR0, CR4 } from './controlBits.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { requireSupervisor } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

const CR0_DEFINED = CR0.PE | CR0.MP | CR0.EM | CR0.TS | CR0.ET | CR0.NE | CR0.WP | CR0.AM | CR0.NW | CR0.CD | CR0.PG;

/** Bits of CR4 and the feature that brings each; the others are reserved. */
const CR4_FEATURES: readonly (readonly [bit: number, feature: string])[] = [
  [CR4.VME, 'vme'],
  [CR4.PVI, 'vme'],
  [CR4.TSD, 'tsc'],
  [CR4.DE, 'de'],
  [CR4.PSE, 'pse'],
  [CR4.PAE, 'pae'],
  [CR4.MCE, 'mce'],
  [CR4.PGE, 'pge'],
  [CR4.OSFXSR, 'fxsr'],
  [CR4.OSXMMEXCPT, 'sse'],
];

/** MOV r32, CRn (SDM vol. 2B, MOV—Move to/from Control Registers). */
export function readControl(c: SystemContext, index: number): number {
  requireExisting(index);
  requireSupervisor(c);
  c.count('controlRegister');
  return c.state.controlRegister(index);
}

/** MOV CRn, r32. */
export function writeControl(c: SystemContext, index: number, value: number): void {
  requireExisting(index);
  requireSupervisor(c);
  c.count('controlRegister');
  loadControl(c, index, value);
  c.controlRegisterLoaded?.(index);
}

function loadControl(c: SystemContext, index: ControlRegisterNumber, value: number): void {
  switch (index) {
    case 0:
      writeCr0(c, value);
      break;
    case 2:
      c.state.setControlRegister(2, value);
      break;
    case 3:
      if (isPaePaging(c.state)) requirePagePointers(c, value);
      c.state.setControlRegister(3, value);
      c.flushTlb('non-global');
      break;
    default:
      writeCr4(c, value);
  }
}

function requireExisting(index: number): asserts index is ControlRegisterNumber {
  if (index !== 0 && index !== 2 && index !== 3 && index !== 4) throw new GuestFault(VECTOR.UD);
}

/** PAE paging is on: CR3 points at four entries that are loaded with it. */
export function isPaePaging(state: CpuState): boolean {
  return (state.controlRegister(0) & CR0.PG) !== 0 && (state.controlRegister(4) & CR4.PAE) !== 0;
}

/** #GP(0) when the table at `cr3` holds reserved bits (SDM vol. 3A, 4.4.1). */
export function requirePagePointers(c: SystemContext, cr3: number): void {
  if (!c.loadPagePointers(cr3)) throw new GuestFault(VECTOR.GP, 0);
}

/** Refuses paging without protection, and not-write-through without cache-disable (SDM vol. 3A, 2.5). */
function writeCr0(c: SystemContext, value: number): void {
  const { state } = c;
  if ((value & CR0.PG) !== 0 && (value & CR0.PE) === 0) throw new GuestFault(VECTOR.GP, 0);
  if ((value & CR0.NW) !== 0 && (value & CR0.CD) === 0) throw new GuestFault(VECTOR.GP, 0);
  const old = state.controlRegister(0);
  const next = (value & CR0_DEFINED) | CR0.ET;
  const changed = old ^ next;
  const isPae = (next & CR0.PG) !== 0 && (state.controlRegister(4) & CR4.PAE) !== 0;
  if (isPae && (changed & (CR0.CD | CR0.NW | CR0.PG)) !== 0) requirePagePointers(c, state.controlRegister(3));
  state.setControlRegister(0, next);
  if ((changed & (CR0.PG | CR0.PE | CR0.WP)) !== 0) c.flushTlb('all');
  c.modeChanged();
}

/** Changing a bit that decides how pages are walked drops all translations (SDM vol. 3A, 4.10.4.1). */
function writeCr4(c: SystemContext, value: number): void {
  const { state } = c;
  if ((value & ~writableCr4(c)) !== 0) throw new GuestFault(VECTOR.GP, 0);
  const changed = state.controlRegister(4) ^ value;
  const reformats = (changed & (CR4.PSE | CR4.PAE | CR4.PGE)) !== 0;
  const isPaging = (state.controlRegister(0) & CR0.PG) !== 0;
  if (reformats && isPaging && (value & CR4.PAE) !== 0) requirePagePointers(c, state.controlRegister(3));
  state.setControlRegister(4, value);
  if (reformats) c.flushTlb('all');
  if ((changed & CR4.DE) !== 0) c.breakpointsChanged();
  c.modeChanged();
}

function writableCr4(c: SystemContext): number {
  // RDPMC, and with it PCE, is there since the Pentium with MMX and has no CPUID bit.
  let mask: number = CR4.PCE;
  for (const [bit, feature] of CR4_FEATURES) if (c.features.has(feature)) mask |= bit;
  return mask;
}

/** LMSW: PE, MP, EM and TS; it can set PE but not clear it (SDM vol. 2A, LMSW). */
export function loadStatusWord(c: SystemContext, value: number): void {
  requireSupervisor(c);
  c.count('controlRegister');
  const old = c.state.controlRegister(0);
  const low = value & (CR0.PE | CR0.MP | CR0.EM | CR0.TS);
  writeCr0(c, (old & ~(CR0.MP | CR0.EM | CR0.TS)) | low);
  c.controlRegisterLoaded?.(0);
}

/** CLTS. */
export function clearTaskSwitched(c: SystemContext): void {
  requireSupervisor(c);
  c.count('controlRegister');
  c.state.setControlRegister(0, c.state.controlRegister(0) & ~CR0.TS);
  c.modeChanged();
  c.controlRegisterLoaded?.(0);
}
