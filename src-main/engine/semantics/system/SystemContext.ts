import type { InterruptSource, ProcessorBus, ProcessorClock } from '../../VirtualProcessor.ts';
import type { CpuState } from '../../state/CpuState.ts';

/**
 * Linear memory as helpers see it. Addresses wrap at 32 bits; accesses may cross pages. Each throws
 * {@link GuestFault} (#PF) before anything is changed. Values are unsigned.
 *
 * `privilege`: 'current' checks user/supervisor by CPL; 'supervisor' is for implicit accesses to GDT,
 * LDT, IDT and TSS, which the processor makes as supervisor whatever the CPL (SDM vol. 3A, 4.6).
 */
export interface LinearMemory {
  read8(address: number, privilege: Privilege): number;
  read16(address: number, privilege: Privilege): number;
  read32(address: number, privilege: Privilege): number;
  write8(address: number, value: number, privilege: Privilege): void;
  write16(address: number, value: number, privilege: Privilege): void;
  write32(address: number, value: number, privilege: Privilege): void;
  /** Throws the fault that writing these bytes would raise; changes nothing. */
  probeWrite(address: number, byteLength: number, privilege: Privilege): void;
}

export type Privilege = 'current' | 'supervisor';

/**
 * What the helpers of sensitive and rare instructions work on.
 *
 * A helper runs in the middle of an instruction with all of the state in memory. `state.eip` already
 * holds the address of the *next* instruction; a helper that jumps overwrites it. To raise an exception
 * it throws a {@link GuestFault} before it has changed anything: the engine restores EIP to the faulting
 * instruction.
 */
export interface SystemContext {
  readonly state: CpuState;
  readonly memory: LinearMemory;
  readonly bus: ProcessorBus;
  readonly clock: ProcessorClock;
  readonly interrupts: InterruptSource;
  readonly features: CpuFeatures;
  /** Instructions retired up to, not including, the current one. */
  retiredInstructions(): number;
  /** CS, SS, DS, ES, CPL, CR0 or EFLAGS.VM changed: recomputes the code key and the TLB in use. */
  modeChanged(): void;
  /** Drops cached translations: all, all but global ones, or one page. */
  flushTlb(scope: 'all' | 'non-global'): void;
  invalidatePage(linearAddress: number): void;
  /** Counts an intercepted event. */
  count(kind: 'interrupt' | 'exception' | 'softwareInterrupt' | 'cpuid' | 'rdtsc' | 'msr' | 'controlRegister'
    | 'descriptorTable' | 'segmentLoad' | 'farTransfer' | 'invalidate' | 'pio' | 'halt'): void;
}

/** What CPUID announces, and what exists. Instructions whose feature is off raise #UD. */
export interface CpuFeatures {
  has(feature: string): boolean;
  /** EAX EBX ECX EDX for a leaf. */
  cpuid(leaf: number, subleaf: number): readonly [number, number, number, number];
}
