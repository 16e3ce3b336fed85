import type { OperandWidth } from '../isa/Encoding.ts';

export const SIZE_KEYWORDS: ReadonlyMap<string, OperandWidth> = new Map([
  ['byte', 8], ['word', 16], ['dword', 32], ['long', 32], ['qword', 64], ['tword', 80], ['tbyte', 80], ['oword', 128],
]);

/** Bytes of one item of `db`, `resb` and their like. */
export const DATA_UNITS: ReadonlyMap<string, number> = new Map([['db', 1], ['dw', 2], ['dd', 4], ['dq', 8], ['dt', 10], ['do', 16]]);
export const RESERVE_UNITS: ReadonlyMap<string, number> = new Map([['resb', 1], ['resw', 2], ['resd', 4], ['resq', 8], ['rest', 10], ['reso', 16]]);

export const PREFIXES: ReadonlySet<string> = new Set([
  'lock', 'rep', 'repe', 'repz', 'repne', 'repnz', 'o16', 'o32', 'a16', 'a32', 'wait', 'fwait', 'times',
  'es', 'cs', 'ss', 'ds', 'fs', 'gs',
]);

export const DIRECTIVES: ReadonlySet<string> = new Set([
  'bits', 'use16', 'use32', 'use64', 'org', 'section', 'segment', 'absolute', 'global', 'extern', 'common', 'static', 'required',
  'default', 'cpu', 'float', 'align', 'alignb', 'sectalign', 'struc', 'endstruc', 'istruc', 'at', 'iend', 'equ', 'incbin', 'list', 'warning',
]);

/** Words of other assemblers and high-level habits, and what NASM has instead. */
export const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['ptr', 'NASM has no “ptr”: write “dword [address]”.'],
  ['offset', 'NASM has no “offset”: a label without brackets is its address.'],
  ['.model', 'NASM has no “.model”; state “bits 16” or “bits 32” and “org”.'],
  ['.code', 'NASM has no “.code”; write “section .text”.'],
  ['.data', 'Write “section .data”.'],
  ['.text', 'Write “section .text”.'],
  ['.globl', 'Write “global” without the point.'],
  ['.global', 'Write “global” without the point.'],
  ['.byte', 'Write “db”.'],
  ['.word', 'Write “dw”.'],
  ['.long', 'Write “dd”.'],
  ['.ascii', 'Write “db”.'],
  ['.asciz', 'Write “db "text", 0”.'],
  ['.org', 'Write “org” without the point.'],
  ['assume', 'NASM has no “assume”; name a segment where it is needed: “[es:di]”.'],
  ['proc', 'NASM has no “proc”; write a label.'],
  ['endp', 'NASM has no “endp”; leave it out.'],
  ['end', 'NASM has no “end”; leave it out.'],
]);
