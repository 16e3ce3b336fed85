import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/**
 * The escape opcodes D8 to DF (SDM vol. 2D, A.5). Operands are those of the manual: an instruction with a
 * memory operand leaves its ST(0) unsaid. `Md` and `Mq` are float or integer as the mnemonic says.
 */
const FPU: RowOptions = { feature: 'fpu' };
/** FCOMI and FCMOV are there when CPUID announces both an x87 and CMOV; the row names what they need first. */
const COMPARE_TO_EFLAGS: RowOptions = { ...FPU, flags: 'oszapc' };
const SSE3: RowOptions = { feature: 'sse3' };

/** In the order of ModRM.reg in D8 and DC. */
const operations = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsub', 'fsubr', 'fdiv', 'fdivr'] as const;

/** In DC and DE the register forms of FSUB and FSUBR, FDIV and FDIVR have changed places. */
const reversed = ['fadd', 'fmul', '', '', 'fsubr', 'fsub', 'fdivr', 'fdiv'] as const;

/** Conditions as in Jcc; `u` is PF=1. */
const conditionalMoves: readonly (readonly [suffix: string, opcode: string, condition: number, tests: string])[] = [
  ['b', 'da /0', 2, 'c'],
  ['e', 'da /1', 4, 'z'],
  ['be', 'da /2', 6, 'zc'],
  ['u', 'da /3', 10, 'p'],
  ['nb', 'db /0', 3, 'c'],
  ['ne', 'db /1', 5, 'z'],
  ['nbe', 'db /2', 7, 'zc'],
  ['nu', 'db /3', 11, 'p'],
];

/** Without operands; the second byte is a whole ModRM byte. */
const plain: readonly (readonly [mnemonic: string, opcode: string])[] = [
  ['fnop', 'd9 d0'],
  ['fchs', 'd9 e0'],
  ['fabs', 'd9 e1'],
  ['ftst', 'd9 e4'],
  ['fxam', 'd9 e5'],
  ['fld1', 'd9 e8'],
  ['fldl2t', 'd9 e9'],
  ['fldl2e', 'd9 ea'],
  ['fldpi', 'd9 eb'],
  ['fldlg2', 'd9 ec'],
  ['fldln2', 'd9 ed'],
  ['fldz', 'd9 ee'],
  ['f2xm1', 'd9 f0'],
  ['fyl2x', 'd9 f1'],
  ['fptan', 'd9 f2'],
  ['fpatan', 'd9 f3'],
  ['fxtract', 'd9 f4'],
  ['fprem1', 'd9 f5'],
  ['fdecstp', 'd9 f6'],
  ['fincstp', 'd9 f7'],
  ['fprem', 'd9 f8'],
  ['fyl2xp1', 'd9 f9'],
  ['fsqrt', 'd9 fa'],
  ['fsincos', 'd9 fb'],
  ['frndint', 'd9 fc'],
  ['fscale', 'd9 fd'],
  ['fsin', 'd9 fe'],
  ['fcos', 'd9 ff'],
  ['fucompp', 'da e9'],
  ['fnclex', 'db e2'],
  ['fninit', 'db e3'],
  ['fcompp', 'de d9'],
];

export const x87Rows: readonly Encoding[] = [
  row('wait', '', '9b', { ...FPU, semantics: 'fwait', aliases: 'fwait' }),
  ...plain.map(([mnemonic, opcode]) => row(mnemonic, '', opcode, FPU)),

  ...operations.flatMap((mnemonic, digit) => {
    const integer = mnemonic.replace('f', 'fi');
    const compares = mnemonic.startsWith('fcom');
    const back = reversed[digit];
    return [
      row(mnemonic, 'Md', `d8 /${digit}`, FPU),
      row(mnemonic, 'Mq', `dc /${digit}`, FPU),
      row(integer, 'Md', `da /${digit}`, FPU),
      row(integer, 'Mw', `de /${digit}`, FPU),
      row(mnemonic, compares ? 'STi' : 'ST0,STi', `d8 /${digit}`, FPU),
      ...(back ? [row(back, 'STi,ST0', `dc /${digit}`, FPU), row(`${back}p`, 'STi,ST0', `de /${digit}`, FPU)] : []),
    ];
  }),

  row('fld', 'Md', 'd9 /0', FPU),
  row('fld', 'Mq', 'dd /0', FPU),
  row('fld', 'Mt', 'db /5', FPU),
  row('fld', 'STi', 'd9 /0', FPU),
  row('fst', 'Md', 'd9 /2', FPU),
  row('fst', 'Mq', 'dd /2', FPU),
  row('fst', 'STi', 'dd /2', FPU),
  row('fstp', 'Md', 'd9 /3', FPU),
  row('fstp', 'Mq', 'dd /3', FPU),
  row('fstp', 'Mt', 'db /7', FPU),
  row('fstp', 'STi', 'dd /3', FPU),
  row('fild', 'Mw', 'df /0', FPU),
  row('fild', 'Md', 'db /0', FPU),
  row('fild', 'Mq', 'df /5', FPU),
  row('fist', 'Mw', 'df /2', FPU),
  row('fist', 'Md', 'db /2', FPU),
  row('fistp', 'Mw', 'df /3', FPU),
  row('fistp', 'Md', 'db /3', FPU),
  row('fistp', 'Mq', 'df /7', FPU),
  row('fisttp', 'Mw', 'df /1', SSE3),
  row('fisttp', 'Md', 'db /1', SSE3),
  row('fisttp', 'Mq', 'dd /1', SSE3),
  row('fbld', 'Mt', 'df /4', FPU),
  row('fbstp', 'Mt', 'df /6', FPU),
  row('fxch', 'STi', 'd9 /1', FPU),
  row('ffree', 'STi', 'dd /0', FPU),
  row('fucom', 'STi', 'dd /4', FPU),
  row('fucomp', 'STi', 'dd /5', FPU),
  row('fucomi', 'ST0,STi', 'db /5', COMPARE_TO_EFLAGS),
  row('fcomi', 'ST0,STi', 'db /6', COMPARE_TO_EFLAGS),
  row('fucomip', 'ST0,STi', 'df /5', COMPARE_TO_EFLAGS),
  row('fcomip', 'ST0,STi', 'df /6', COMPARE_TO_EFLAGS),
  ...conditionalMoves.map(([suffix, opcode, condition, tests]) =>
    row(`fcmov${suffix}`, 'ST0,STi', opcode, { ...FPU, semantics: 'fcmov', condition, tests }),
  ),

  // The operand size decides between the 14- and the 28-byte environment, the 94- and the 108-byte state.
  row('fldenv', 'M', 'd9 /4', FPU),
  row('fnstenv', 'M', 'd9 /6', FPU),
  row('frstor', 'M', 'dd /4', FPU),
  row('fnsave', 'M', 'dd /6', FPU),
  row('fldcw', 'Mw', 'd9 /5', FPU),
  row('fnstcw', 'Mw', 'd9 /7', FPU),
  row('fnstsw', 'Mw', 'dd /7', FPU),
  row('fnstsw', 'AX', 'df e0', FPU),

  // Undocumented, on every x87: repeats of instructions above, FFREEP, FSTP without the check for an empty
  // register, and the 8087's and 287's control instructions, which have done nothing since the 387.
  row('fstpnce', 'STi', 'd9 /3', FPU),
  row('fcom', 'STi', 'dc /2', { ...FPU, decodeOnly: true }),
  row('fcomp', 'STi', 'dc /3', { ...FPU, decodeOnly: true }),
  row('fxch', 'STi', 'dd /1', { ...FPU, decodeOnly: true }),
  row('fcomp', 'STi', 'de /2', { ...FPU, decodeOnly: true }),
  row('fxch', 'STi', 'df /1', { ...FPU, decodeOnly: true }),
  row('fstp', 'STi', 'df /2', { ...FPU, decodeOnly: true }),
  row('fstp', 'STi', 'df /3', { ...FPU, decodeOnly: true }),
  row('ffreep', 'STi', 'df /0', FPU),
  row('fneni', '', 'db e0', FPU),
  row('fndisi', '', 'db e1', { ...FPU, semantics: 'fneni' }),
  row('fnsetpm', '', 'db e4', { ...FPU, semantics: 'fneni' }),
];
