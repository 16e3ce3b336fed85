import { callFar, jumpFar } from './farTransfer.ts';
import { clearTaskSwitched, loadStatusWord, readControl, writeControl } from './controlRegisters.ts';
import { readDebug, writeDebug } from './debugRegisters.ts';
import { loadDescriptorTable, loadLdt, loadTaskRegister } from './descriptorTables.ts';
import { softwareInterrupt } from './eventDelivery.ts';
import { loadExtendedState, storeExtendedState } from './extendedState.ts';
import { sysenter, sysexit } from './fastSystemCalls.ts';
import { popFlags, pushFlags, setInterruptFlag } from './flagInstructions.ts';
import { interruptReturn } from './interruptReturn.ts';
import { readMsr, readPerformanceCounter, readTimestamp, writeMsr } from './modelSpecificRegisters.ts';
import { checkPort, portIn, portInBlock, portOut, portOutBlock } from './ports.ts';
import {
  cpuid,
  halt,
  invalidatePage,
  notAvailable,
  raise,
  undefinedOpcode,
  writeBackCaches,
} from './processorControl.ts';
import { x87Function } from './x87Functions.ts';
import { coprocessorError, loadX87Environment, loadX87State, storeX87Environment, storeX87State } from './x87State.ts';
import { returnFar } from './farReturn.ts';
import { loadSegment } from './segmentLoads.ts';
import { accessRights, segmentLimit, verifyRead, verifyWrite } from './selectorQueries.ts';
import type { SystemContext } from './SystemContext.ts';
import { deliveringTaskFaults } from './taskFaults.ts';

/**
 * A rare or large operation that generated code calls. `a`, `b` and `d` are int32 values as Wasm passes
 * them; unused ones may be anything. A helper throws a GuestFault before it has changed anything.
 *
 * On entry `state.eip` is the address of the next instruction; helpers that transfer control overwrite it.
 */
export type SystemHelper = (c: SystemContext, a: number, b: number, d: number) => number | void;

/** Every helper by the name under which generated code imports it. */
export const systemHelpers = {
  /** (segment, selector, 1 for LSS): MOV Sreg, POP Sreg, LDS..LGS. SS starts the interrupt shadow unless LSS. */
  loadSegment,
  /** (selector, offset, operandSize): JMP ptr16:16/32 and m16:16/32. */
  jumpFar: deliveringTaskFaults(jumpFar),
  /** (selector, offset, operandSize): pushes the return address itself. */
  callFar: deliveringTaskFaults(callFar),
  /** (operandSize, bytes to release beyond the return address): RETF. Pops by itself. */
  returnFar,
  /** (vector, kind): kind 0 INT n, 1 INT3, 2 INTO (the caller has tested OF), 3 INT1 (ICEBP). */
  softwareInterrupt: deliveringTaskFaults(softwareInterrupt),
  /** (operandSize): IRET. Pops by itself. */
  interruptReturn: deliveringTaskFaults(interruptReturn),
  /** (port, bytes) -> value, unsigned in `bytes`. */
  portIn,
  /** (port, bytes, value). */
  portOut,
  /** (port and from bit 16 on bytes, host address, elements) -> elements moved; the permission has been checked. */
  portInBlock,
  portOutBlock,
  /** (port, bytes): throws #GP(0) when the I/O permission bitmap forbids the access; for INS and OUTS. */
  checkPort,
  /** (value, operandSize): POPF. The caller reads the value from the stack before, and moves (E)SP after. */
  popFlags,
  /** (operandSize) -> the image that PUSHF pushes. */
  pushFlags,
  /** (0 for CLI, 1 for STI). STI starts the interrupt shadow when IF was clear. */
  setInterruptFlag,
  /** HLT: sets `STATE.halted`; the caller leaves generated code. */
  halt,
  /** (0, 2, 3, 4) -> value. */
  readControl,
  /** (index, value). */
  writeControl,
  /** (0..7) -> value. */
  readDebug,
  /** (index, value). */
  writeDebug,
  /** (0 GDT, 1 IDT; base; limit): the caller masks the base to 24 bits for 16-bit operands. */
  loadDescriptorTable,
  /** (selector): LLDT. */
  loadLdt,
  /** (selector): LTR. */
  loadTaskRegister,
  /** (value): LMSW. */
  loadStatusWord,
  /** CLTS. */
  clearTaskSwitched,
  /** (selector) -> LAR's value (32-bit; 16-bit operands take the low half). Sets ZF; valid only when ZF = 1. */
  accessRights,
  /** (selector) -> LSL's value. Sets ZF; valid only when ZF = 1. */
  segmentLimit,
  /** (selector): VERR. Sets or clears ZF. */
  verifyRead,
  /** (selector): VERW. Sets or clears ZF. */
  verifyWrite,
  /** CPUID: EAX, ECX -> EAX EBX ECX EDX. */
  cpuid,
  /** RDTSC: -> EDX:EAX. */
  readTimestamp,
  /** RDMSR: ECX -> EDX:EAX. */
  readMsr,
  /** WRMSR: ECX, EDX:EAX. */
  writeMsr,
  /** RDPMC: ECX -> EDX:EAX. */
  readPerformanceCounter,
  /** (linear address): INVLPG. */
  invalidatePage,
  /** WBINVD, INVD. */
  writeBackCaches,
  sysenter,
  sysexit,
  /** UD0, UD1, UD2, RSM outside of SMM, and whatever CPUID does not announce: #UD. */
  undefined: undefinedOpcode,
  /** #NM: x87 or SSE while CR0.EM or CR0.TS is set. */
  notAvailable,
  /** (vector, error code or -1): throws that fault. */
  raise,
  /** An unmasked x87 exception while CR0.NE is clear. */
  coprocessorError,
  /** (X87_FUNCTION's index) -> what was raised; operands and results in STATE.x87Transfer. */
  x87Function,
  /** (linear address, bytes): FNSTENV, FLDENV, FNSAVE, FRSTOR. The caller has reached both ends. */
  storeX87Environment,
  loadX87Environment,
  storeX87State,
  loadX87State,
  /** (linear address): FXSAVE and FXRSTOR. The caller has reached both ends. */
  storeExtendedState,
  loadExtendedState,
} satisfies Record<string, SystemHelper>;

export type SystemHelperName = keyof typeof systemHelpers;
