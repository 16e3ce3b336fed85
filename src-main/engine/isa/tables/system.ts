import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/** Answered by a helper, after which the block goes on. */
const HELPER: RowOptions = { sensitive: true };
/** Answered by a helper that may change what the following code means or when it is interrupted. */
const LEAVE: RowOptions = { sensitive: true, flow: 'system' };
/** Instructions of protected mode alone: #UD in real and virtual-8086 mode. */
const PROTECTED: RowOptions = { sensitive: true, notIn: 'real v86' };
const TESTS_SELECTOR: RowOptions = { ...PROTECTED, flags: 'z' };
const PORT: RowOptions = LEAVE;
const ALL_FLAGS = 'oszapcdit';

export const systemRows: readonly Encoding[] = [
  row('clc', '', 'f8', { flags: 'c' }),
  row('stc', '', 'f9', { flags: 'c' }),
  row('cmc', '', 'f5', { flags: 'c', tests: 'c' }),
  row('cld', '', 'fc', { flags: 'd' }),
  row('std', '', 'fd', { flags: 'd' }),
  row('cli', '', 'fa', { ...HELPER, flags: 'i' }),
  row('sti', '', 'fb', { ...LEAVE, flags: 'i' }),
  row('sahf', '', '9e', { flags: 'szapc' }),
  row('lahf', '', '9f', { tests: 'szapc' }),
  // Undocumented until recently, and there since the 8086: AL = CF ? FF : 00.
  row('salc', '', 'd6', { tests: 'c', notIn: 'long' }),
  row('pushf', '', '9c', { ...HELPER, tests: ALL_FLAGS, sizes: [16], aliases: 'pushfw' }),
  row('pushfd', '', '9c', { ...HELPER, semantics: 'pushf', tests: ALL_FLAGS, sizes: [32] }),
  row('popf', '', '9d', { ...LEAVE, flags: ALL_FLAGS, sizes: [16], aliases: 'popfw' }),
  row('popfd', '', '9d', { ...LEAVE, semantics: 'popf', flags: ALL_FLAGS, sizes: [32] }),

  row('in', 'AL,Ib', 'e4', PORT),
  row('in', 'eAX,Ib', 'e5', PORT),
  row('in', 'AL,DX', 'ec', PORT),
  row('in', 'eAX,DX', 'ed', PORT),
  row('out', 'Ib,AL', 'e6', PORT),
  row('out', 'Ib,eAX', 'e7', PORT),
  row('out', 'DX,AL', 'ee', PORT),
  row('out', 'DX,eAX', 'ef', PORT),

  row('hlt', '', 'f4', LEAVE),
  row('cpuid', '', '0f a2', HELPER),
  row('rdtsc', '', '0f 31', { ...HELPER, feature: 'tsc' }),
  row('rdpmc', '', '0f 33', HELPER),
  row('rdmsr', '', '0f 32', { ...HELPER, feature: 'msr' }),
  row('wrmsr', '', '0f 30', { ...LEAVE, feature: 'msr' }),
  row('invd', '', '0f 08', HELPER),
  row('wbinvd', '', '0f 09', HELPER),
  row('invlpg', 'M', '0f 01 /7', LEAVE),
  row('clts', '', '0f 06', LEAVE),
  row('rsm', '', '0f aa', { ...LEAVE, flags: ALL_FLAGS }),
  row('sysenter', '', '0f 34', { ...LEAVE, flags: 'i', feature: 'sep' }),
  row('sysexit', '', '0f 35', { ...LEAVE, feature: 'sep' }),

  // ModRM.mod is not looked at in these four: the operand is always a register.
  row('mov', 'Rd,Cd', '0f 20 /r', { ...HELPER, semantics: 'movFromControl', undefinedFlags: 'oszapc' }),
  row('mov', 'Rd,Dd', '0f 21 /r', { ...HELPER, semantics: 'movFromDebug', undefinedFlags: 'oszapc' }),
  row('mov', 'Cd,Rd', '0f 22 /r', { ...LEAVE, semantics: 'movToControl', undefinedFlags: 'oszapc' }),
  row('mov', 'Dd,Rd', '0f 23 /r', { ...LEAVE, semantics: 'movToDebug', undefinedFlags: 'oszapc' }),
  row('smsw', 'Mw', '0f 01 /4', HELPER),
  row('smsw', 'Rv', '0f 01 /4', HELPER),
  row('lmsw', 'Ew', '0f 01 /6', LEAVE),

  row('sgdt', 'Ms', '0f 01 /0', HELPER),
  row('sidt', 'Ms', '0f 01 /1', HELPER),
  row('lgdt', 'Ms', '0f 01 /2', HELPER),
  row('lidt', 'Ms', '0f 01 /3', HELPER),
  row('sldt', 'Mw', '0f 00 /0', PROTECTED),
  row('sldt', 'Rv', '0f 00 /0', PROTECTED),
  row('str', 'Mw', '0f 00 /1', PROTECTED),
  row('str', 'Rv', '0f 00 /1', PROTECTED),
  row('lldt', 'Ew', '0f 00 /2', PROTECTED),
  row('ltr', 'Ew', '0f 00 /3', PROTECTED),
  row('verr', 'Ew', '0f 00 /4', TESTS_SELECTOR),
  row('verw', 'Ew', '0f 00 /5', TESTS_SELECTOR),
  row('lar', 'Gv,Ew', '0f 02 /r', TESTS_SELECTOR),
  row('lsl', 'Gv,Ew', '0f 03 /r', TESTS_SELECTOR),
  row('arpl', 'Ew,Gw', '63 /r', { notIn: 'real v86 long', flags: 'z' }),
];
