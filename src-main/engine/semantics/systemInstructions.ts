import { type I32, add, and, eqz, gtUnsigned, i32Const, ltUnsigned, or, shr, wrap } from '../wasm/Expression.ts';
import { FLAG } from '../state/flags.ts';
import { LDTR, RAX, SEGMENT, SS, STATE, TR, segmentOffset } from '../state/layout.ts';
import { VECTOR } from '../GuestFault.ts';
import { readFarPointer } from './control.ts';
import type { Emitter, Semantics } from './Emitter.ts';
import type { SystemHelperName } from './system/helpers.ts';
import { truncated, widthOf } from './values.ts';

/** MOV r/m, Sreg: 16 bits to memory, zero-extended to a register. */
export const movSegmentFrom: Semantics = (e, [dst, src]) => {
  e.write(dst, truncated(widthOf(dst), e.read(src)));
};

/** MOV Sreg, r/m16. */
export const movSegmentTo: Semantics = (e, [dst, src]) => {
  const selector = e.let(and(wrap(e.read(src)), i32Const(0xffff)));
  e.helper('loadSegment', e.registerNumber(dst), selector, i32Const(0));
};

/** LES, LDS, LSS, LFS, LGS. The shape carries which segment in `fixedSegment`. */
export function loadFarPointer(segment: number): Semantics {
  return (e, [dst, pointer]) => {
    const { offset, selector } = readFarPointer(e, pointer);
    e.helper('loadSegment', i32Const(segment), selector, i32Const(segment === SS ? 1 : 0));
    e.write(dst, truncated(widthOf(dst), offset));
  };
}

/** IN. */
export const inPort: Semantics = (e, [dst, port]) => {
  const width = widthOf(dst);
  const number = e.let(and(wrap(e.read(port)), i32Const(port.kind === 'immediate' ? 0xff : 0xffff)));
  e.setRegister(RAX, width, e.let(e.helper('portIn', number, i32Const(width / 8))));
};

/** OUT. */
export const outPort: Semantics = (e, [port, src]) => {
  const width = widthOf(src);
  const number = e.let(and(wrap(e.read(port)), i32Const(port.kind === 'immediate' ? 0xff : 0xffff)));
  e.helper('portOut', number, i32Const(width / 8), e.let(wrap(e.register(RAX, width))));
};

/** CLI. Kernels do little else as often: what needs no check is done in place. */
export const cli: Semantics = (e) => {
  const ioPrivilege = shr(and(e.stateField(STATE.systemFlags), i32Const(FLAG.IOPL)), i32Const(Math.log2(FLAG.NT) - 2));
  e.if(
    gtUnsigned(e.stateField(STATE.cpl), ioPrivilege),
    () => void e.helper('setInterruptFlag', i32Const(0)),
    () => setSystemFlag(e, FLAG.IF, false),
  );
};
export const sti: Semantics = (e) => void e.helper('setInterruptFlag', i32Const(1));

function setSystemFlag(e: Emitter, flag: number, isSet: boolean): void {
  const flags = e.stateField(STATE.systemFlags);
  e.setStateField(STATE.systemFlags, isSet ? or(flags, i32Const(flag)) : and(flags, i32Const(~flag)));
}

export const cld: Semantics = (e) => setSystemFlag(e, FLAG.DF, false);
export const std: Semantics = (e) => setSystemFlag(e, FLAG.DF, true);

/** Instructions that are one helper call and go on with the next instruction. */
function simply(name: SystemHelperName): Semantics {
  return (e) => void e.helper(name);
}

/** Those after which the processor has to be looked at anew. */
function thenResume(name: SystemHelperName): Semantics {
  return (e) => {
    e.helper(name);
    e.resume();
  };
}

export const cpuid = simply('cpuid'),
  rdtsc = simply('readTimestamp'),
  rdmsr = simply('readMsr');
export const rdpmc = simply('readPerformanceCounter'),
  wbinvd = simply('writeBackCaches');
export const hlt = thenResume('halt'),
  wrmsr = thenResume('writeMsr'),
  clts = thenResume('clearTaskSwitched');
export const sysenter = thenResume('sysenter'),
  sysexit = thenResume('sysexit');
export const ud = thenResume('undefined');

/** MOV r32, CRn and MOV r32, DRn. */
export const movFromControl: Semantics = (e, [dst, src]) => {
  e.write(dst, e.let(e.helper('readControl', e.registerNumber(src))));
};
export const movFromDebug: Semantics = (e, [dst, src]) => {
  e.write(dst, e.let(e.helper('readDebug', e.registerNumber(src))));
};

/** MOV CRn, r32 and MOV DRn, r32. */
export const movToControl: Semantics = (e, [dst, src]) => {
  e.helper('writeControl', e.registerNumber(dst), e.let(wrap(e.read(src))));
  e.resume();
};
export const movToDebug: Semantics = (e, [dst, src]) => {
  e.helper('writeDebug', e.registerNumber(dst), e.let(wrap(e.read(src))));
  e.resume();
};

/** SMSW: CR0's low word; a 32-bit register gets all of CR0 (SDM vol. 2B, SMSW). */
export const smsw: Semantics = (e, [dst]) => {
  e.write(dst, truncated(widthOf(dst), e.stateField(STATE.cr0)));
};

/** #GP(0) above level 0, before an operand in memory is touched. */
function requireSupervisor(e: Emitter): void {
  e.if(e.stateField(STATE.cpl), () => e.raise(VECTOR.GP, i32Const(0)));
}

export const lmsw: Semantics = (e, [src]) => {
  requireSupervisor(e);
  e.helper('loadStatusWord', e.let(and(wrap(e.read(src)), i32Const(0xffff))));
  e.resume();
};

export const invlpg: Semantics = (e, [target]) => {
  requireSupervisor(e);
  e.helper('invalidatePage', e.let(e.linearAddress(e.address(target))));
  e.resume();
};

/** SGDT and SIDT: limit, then all 32 bits of the base (SDM vol. 2B, SGDT). */
function storeTable(base: number, limit: number): Semantics {
  return (e, [dst]) => {
    const upper = e.loadToModify(e.address(dst, i32Const(2)), 32);
    e.store(e.address(dst), 16, e.stateField(limit));
    upper.store(e.stateField(base));
  };
}

export const sgdt = storeTable(STATE.gdtrBase, STATE.gdtrLimit),
  sidt = storeTable(STATE.idtrBase, STATE.idtrLimit);

/** LGDT and LIDT: with 16-bit operands the base has 24 bits. */
function loadTable(which: 0 | 1): Semantics {
  return (e, [src]) => {
    requireSupervisor(e);
    const limit = e.let(wrap(e.load(e.address(src), 16)));
    const loaded = wrap(e.load(e.address(src, i32Const(2)), 32));
    const base = e.let(e.operandSize === 16 ? and(loaded, i32Const(0x00ff_ffff)) : loaded);
    e.helper('loadDescriptorTable', i32Const(which), base, limit);
  };
}

export const lgdt = loadTable(0),
  lidt = loadTable(1);

function storeSelector(segment: number): Semantics {
  return (e, [dst]) => {
    e.write(dst, truncated(widthOf(dst), e.stateField(segmentOffset(segment) + SEGMENT.selector)));
  };
}

export const sldt = storeSelector(LDTR),
  str = storeSelector(TR);

function selectorHelper(name: SystemHelperName): Semantics {
  return (e, [src]) => void e.helper(name, e.let(and(wrap(e.read(src)), i32Const(0xffff))));
}

export const lldt = selectorHelper('loadLdt'),
  ltr = selectorHelper('loadTaskRegister');
export const verr = selectorHelper('verifyRead'),
  verw = selectorHelper('verifyWrite');

/** LAR and LSL: the destination is written only when ZF comes out set. */
function selectorQuery(name: SystemHelperName): Semantics {
  return (e, [dst, src]) => {
    const value = e.let(e.helper(name, e.let(and(wrap(e.read(src)), i32Const(0xffff)))));
    e.if(e.flags.zero(), () => e.write(dst, truncated(widthOf(dst), value)));
  };
}

export const lar = selectorQuery('accessRights'),
  lsl = selectorQuery('segmentLimit');

/** ARPL: raises dst's RPL to src's. Hardware asks for permission to write only when it does. */
export const arpl: Semantics = (e, [dst, src]) => {
  const left = e.let(wrap(e.read(dst))),
    right = e.let(and(wrap(e.read(src)), i32Const(3)));
  const isLower = e.let(ltUnsigned(and(left, i32Const(3)), right));
  e.if(isLower, () => e.write(dst, or(and(left, i32Const(0xfffc)), right)));
  e.flags.setZero(isLower);
};

/** x87 escapes of a processor without an x87: #NM when emulation or a task switch asks for it, else nothing happens. */
export const escape: Semantics = (e) => {
  const CR0_EM_TS = 0xc;
  e.if(and(e.stateField(STATE.cr0), i32Const(CR0_EM_TS)), () => void e.helper('notAvailable'));
};

/** WAIT without an x87: #NM when both MP and TS are set. */
export const wait: Semantics = (e) => {
  const CR0_MP_TS = 0xa;
  const isTrapped: I32 = eqz(add(and(e.stateField(STATE.cr0), i32Const(CR0_MP_TS)), i32Const(-CR0_MP_TS)));
  e.if(isTrapped, () => void e.helper('notAvailable'));
};
