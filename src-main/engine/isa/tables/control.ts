import { conditions } from '../conditions.ts';
import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/** Far transfers, interrupts and returns from them: a checked helper decides where they lead. */
const FAR: RowOptions = { flow: 'system', sensitive: true };

const conditionalJumps = conditions.flatMap(({ suffix, aliases, tests }, condition) => {
  const low = condition.toString(16);
  const options: RowOptions = {
    semantics: 'jcc',
    flow: 'branch',
    condition,
    tests,
    ...(aliases.length > 0 ? { aliases: aliases.map((alias) => `j${alias}`).join(' ') } : {}),
  };
  return [row(`j${suffix}`, 'Jb', `7${low}`, options), row(`j${suffix}`, 'Jz', `0f 8${low}`, options)];
});

export const controlRows: readonly Encoding[] = [
  ...conditionalJumps,
  row('loopne', 'Jb', 'e0', { flow: 'branch', tests: 'z', aliases: 'loopnz' }),
  row('loope', 'Jb', 'e1', { flow: 'branch', tests: 'z', aliases: 'loopz' }),
  row('loop', 'Jb', 'e2', { flow: 'branch' }),
  row('jcxz', 'Jb', 'e3', { flow: 'branch', addressSizes: [16] }),
  row('jecxz', 'Jb', 'e3', { semantics: 'jcxz', flow: 'branch', addressSizes: [32] }),

  row('jmp', 'Jb', 'eb', { semantics: 'jmpNear', flow: 'jump' }),
  row('jmp', 'Jz', 'e9', { semantics: 'jmpNear', flow: 'jump' }),
  row('jmp', 'Ev', 'ff /4', { semantics: 'jmpNearIndirect', flow: 'indirect' }),
  row('jmp', 'Ap', 'ea', { ...FAR, semantics: 'jmpFar', notIn: 'long' }),
  row('jmp', 'Mp', 'ff /5', { ...FAR, semantics: 'jmpFarIndirect' }),
  row('call', 'Jz', 'e8', { semantics: 'callNear', flow: 'call' }),
  row('call', 'Ev', 'ff /2', { semantics: 'callNearIndirect', flow: 'indirect' }),
  row('call', 'Ap', '9a', { ...FAR, semantics: 'callFar', notIn: 'long' }),
  row('call', 'Mp', 'ff /3', { ...FAR, semantics: 'callFarIndirect' }),
  row('ret', '', 'c3', { semantics: 'retNear', flow: 'indirect', aliases: 'retn' }),
  row('ret', 'Iw', 'c2', { semantics: 'retNear', flow: 'indirect', aliases: 'retn' }),
  row('retf', '', 'cb', { ...FAR, semantics: 'retFar' }),
  row('retf', 'Iw', 'ca', { ...FAR, semantics: 'retFar' }),

  row('int1', '', 'f1', { ...FAR, flags: 'it', aliases: 'icebp int01' }),
  row('int3', '', 'cc', { ...FAR, flags: 'it', aliases: 'int03' }),
  row('int', 'Ib', 'cd', { ...FAR, flags: 'it' }),
  row('into', '', 'ce', { ...FAR, flags: 'it', tests: 'o', notIn: 'long' }),
  row('iret', '', 'cf', { ...FAR, flags: 'oszapcdit', sizes: [16], aliases: 'iretw' }),
  row('iretd', '', 'cf', { ...FAR, semantics: 'iret', flags: 'oszapcdit', sizes: [32] }),

  // UD0 and UD1 take a ModRM byte on today's processors, which only shows where fetching it would fault.
  row('ud2', '', '0f 0b', { semantics: 'ud', flow: 'system' }),
  row('ud1', 'Gv,Ev', '0f b9 /r', { semantics: 'ud', flow: 'system', aliases: 'ud2b' }),
  row('ud0', 'Gv,Ev', '0f ff /r', { semantics: 'ud', flow: 'system' }),
];
