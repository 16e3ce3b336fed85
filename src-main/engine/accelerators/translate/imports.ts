import { GuestFault } from '../../GuestFault.ts';
import { type SystemHelper, type SystemHelperName, systemHelpers } from '../../semantics/system/helpers.ts';
import type { SystemContext } from '../../semantics/system/SystemContext.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { EXIT, STATE } from '../../state/layout.ts';
import type { Mmu } from '../../mmu/Mmu.ts';
import type { PagingImport } from '../../mmu/pagingRoutines.ts';
import { RECORD } from '../../tiers/threaded/record.ts';
import { IMPORTS } from '../../tiers/threaded/runtimeFunctions.ts';

/** Accesses that generated code passes on: each returns 0, or 1 for a write, when a fault is pending. */
function pagingImports(
  { mmu, afterAccess }: Pick<ImportTargets, 'mmu' | 'afterAccess'>,
  pend: (thrown: unknown) => void,
): Record<PagingImport, (...parameters: number[]) => number> {
  const access =
    (body: (linear: number, bytes: number) => number) =>
    (linear: number, bytes: number): number => {
      try {
        const host = body(linear >>> 0, bytes);
        afterAccess();
        return host;
      } catch (thrown) {
        pend(thrown);
        return 0;
      }
    };
  return {
    copyEntry: (physical, high) => mmu.copyEntry(physical, high),
    codeWrite: (physical) => {
      mmu.onEntryWrite(physical >>> 0);
      return 0;
    },
    readElsewhere: access((linear, bytes) => mmu.slowRead(linear, bytes)),
    modifyElsewhere: access((linear, bytes) => mmu.slowModify(linear, bytes)),
    storeElsewhere: access((linear, bytes) => mmu.slowStore(linear, bytes)),
    writeElsewhere: (linear, bytes, value) => {
      try {
        mmu.slowWrite(linear >>> 0, bytes as 1 | 2 | 4, value);
        afterAccess();
        return 0;
      } catch (thrown) {
        pend(thrown);
        return 1;
      }
    },
  };
}

/** What generated code needs from the processor it belongs to. */
export interface ImportTargets {
  readonly context: SystemContext;
  readonly state: CpuState;
  readonly mmu: Mmu;
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  /** First record of the block at an offset in CS; throws GuestFault. */
  lookup(eip: number): number;
  translateStub(record: number): number;
  checkCrossPage(record: number): number;
  /** After a memory access by call: generated code may have to be left at the end of the instruction. */
  afterAccess(): void;
  enterHot(record: number): number;
  /** A record's handler calls a helper. */
  noteHelper(record: number): void;
  validateRegion(data: number): number;
  /** After a helper: the processor is to be looked at before the next instruction. */
  mustLeave(): boolean;
  /** The same after STI, which holds interrupts off for one instruction. */
  mustLeaveInShadow(): boolean;
  /** The same where the next instruction is looked up anew, in the present mode. */
  mustLeaveBeforeLookup(): boolean;
}

/** Helpers after which an interrupt that was held off may be due. */
const MAY_ENABLE_INTERRUPTS: ReadonlySet<string> = new Set(['popFlags', 'setInterruptFlag']);

/** Helpers of instructions that end with `Emitter.resume`: what follows is looked up in whatever mode there is now. */
const RESUMES: ReadonlySet<string> = new Set([
  'jumpFar',
  'callFar',
  'returnFar',
  'softwareInterrupt',
  'interruptReturn',
  'sysenter',
  'sysexit',
  'writeControl',
  'writeDebug',
  'loadStatusWord',
  'clearTaskSwitched',
  'writeMsr',
  'invalidatePage',
] satisfies SystemHelperName[]);

/** Stores a fault where generated code and the run loop look for it. */
export function setPendingFault(state: CpuState, fault: GuestFault): void {
  state.setInt(STATE.faultVector, fault.vector);
  state.setInt(STATE.faultErrorCode, fault.errorCode);
  state.setInt(STATE.faultAddress, fault.address);
  state.setInt(STATE.exit, EXIT.fault);
}

/**
 * The imports of the threaded module. Each turns a GuestFault into the pending fault; anything else that
 * is thrown is the engine's failure and passes through generated code to whoever called `run`.
 */
export function createImports(targets: ImportTargets): WebAssembly.Imports {
  const { context, state, mmu, view } = targets;

  /** Makes a GuestFault the pending fault; lets anything else pass. */
  const pend = (thrown: unknown): void => {
    if (!(thrown instanceof GuestFault)) throw thrown;
    setPendingFault(state, thrown);
  };

  /** An import of one parameter that returns a record or 0. */
  const guarded =
    (body: (parameter: number) => number) =>
    (parameter: number): number => {
      try {
        return body(parameter);
      } catch (thrown) {
        pend(thrown);
        return 0;
      }
    };

  const env: WebAssembly.ModuleImports = {
    memory: targets.memory,
    ...pagingImports(targets, pend),
    [IMPORTS.commitModify]: () => {
      mmu.commitModify();
      targets.afterAccess();
    },
    [IMPORTS.lookup]: guarded((eip) => targets.lookup(eip >>> 0)),
    [IMPORTS.translateStub]: guarded((record) => targets.translateStub(record)),
    [IMPORTS.checkCrossPage]: guarded((record) => targets.checkCrossPage(record)),
    [IMPORTS.enterHot]: (record: number) => targets.enterHot(record),
    [IMPORTS.validateRegion]: (data: number) => targets.validateRegion(data),
  };

  for (const name of Object.keys(systemHelpers) as SystemHelperName[]) {
    const helper: SystemHelper = systemHelpers[name];
    const mayEnable = MAY_ENABLE_INTERRUPTS.has(name);
    const castsShadow = name === 'setInterruptFlag';
    const resumes = RESUMES.has(name);
    env[`helper.${name}`] = (a: number, b: number, d: number): number => {
      const record = state.getInt(STATE.record);
      targets.noteHelper(record);
      state.eip = state.getInt(STATE.eipBase) + view.getUint16(record + RECORD.nextOffset, true);
      let result: number | void;
      try {
        result = helper(context, a, b, d);
      } catch (thrown) {
        if (!(thrown instanceof GuestFault)) throw thrown;
        setPendingFault(state, thrown);
        return 0;
      }
      const leaves = resumes
        ? targets.mustLeaveBeforeLookup()
        : (castsShadow ? targets.mustLeaveInShadow() : targets.mustLeave()) ||
          (mayEnable && context.interrupts.isPending());
      if (leaves) state.setInt(STATE.exit, EXIT.resume);
      return result === undefined ? 0 : result | 0;
    };
  }
  return { env };
}
