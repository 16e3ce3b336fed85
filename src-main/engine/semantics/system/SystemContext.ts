import type { ControlRegisterNumber } from '../../Catchpoint.ts';
import type { InterruptSource, ProcessorBus, ProcessorClock } from '../../VirtualProcessor.ts';
import type { LinearMemory } from '../../LinearMemory.ts';
import type { CpuState } from '../../state/CpuState.ts';
import type { ProcessorEvent } from './eventDelivery.ts';

export type { LinearMemory, Privilege } from '../../LinearMemory.ts';

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
  /** DR0..DR7 or CR4.DE changed: breakpoints are armed anew. */
  breakpointsChanged(): void;
  /** A port is accessed: I/O breakpoints may want to trap after the instruction. */
  portAccessed(port: number, byteLength: number, access: 'read' | 'write'): void;
  /** An I/O breakpoint may want to see each access of a port. */
  isPortWatched(port: number, byteLength: number): boolean;
  /** DR6's bits of breakpoints that MOV SS or POP SS has put off: whoever takes them has recorded them. */
  takeDebugTraps?(): number;
  /** A window on the VM's memory, by its address there: what generated code has translated. */
  hostBytes(address: number, byteLength: number): Uint8Array;
  /**
   * Loads the PDPTE registers from the table at `cr3` (SDM vol. 3A, 4.4.1).
   * @returns false, with nothing changed, when an entry has reserved bits set
   */
  loadPagePointers(cr3: number): boolean;
  /** Drops cached translations: all (control bits have changed), all but global ones, or one page. */
  flushTlb(scope: 'all' | 'non-global'): void;
  invalidatePage(linearAddress: number): void;
  /** An interrupt or exception was delivered; `returnAddress` is linear, of what it has interrupted. */
  eventDelivered?(event: ProcessorEvent, returnAddress: number): void;
  /** An instruction or a task switch has loaded a control register, perhaps with what it held. */
  controlRegisterLoaded?(index: ControlRegisterNumber): void;
  /** FERR#: an unmasked x87 exception while CR0.NE is clear. */
  coprocessorError?(): void;
  /** IA32_APIC_BASE was written. */
  apicBaseChanged?(low: number, high: number): void;
  /** Counts an intercepted event. `detail`: the port or the vector, where it has one. */
  count(
    kind:
      | 'interrupt'
      | 'exception'
      | 'softwareInterrupt'
      | 'cpuid'
      | 'rdtsc'
      | 'msr'
      | 'controlRegister'
      | 'descriptorTable'
      | 'segmentLoad'
      | 'farTransfer'
      | 'invalidate'
      | 'pio'
      | 'halt',
    times?: number,
    detail?: number,
  ): void;
}

/** What CPUID announces, and what exists. Instructions whose feature is off raise #UD. */
export interface CpuFeatures {
  has(feature: string): boolean;
  /** EAX EBX ECX EDX for a leaf. */
  cpuid(leaf: number, subleaf: number): readonly [number, number, number, number];
}
