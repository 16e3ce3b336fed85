import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/**
 * Group 2 (SDM vol. 2D, table A-6). A masked count of 0 changes no flag. OF is defined for a count of 1
 * only, so the rows whose count is not known from the encoding list it as undefined. For SHL and
 * SHR by the operand's width or more the manual leaves CF undefined too; processors shift on all the same,
 * and so the rows keep it.
 */
function shift(mnemonic: string, digit: number, flags: RowOptions, aliases: RowOptions = {}): Encoding[] {
  const options = { ...flags, ...aliases };
  const defined = (flags.flags ?? '').replace('o', '');
  const variable = { ...options, flags: defined, undefinedFlags: `o${flags.undefinedFlags ?? ''}` };
  return [
    row(mnemonic, 'Eb,1', `d0 /${digit}`, options),
    row(mnemonic, 'Ev,1', `d1 /${digit}`, options),
    row(mnemonic, 'Eb,Ib', `c0 /${digit}`, variable),
    row(mnemonic, 'Ev,Ib', `c1 /${digit}`, variable),
    row(mnemonic, 'Eb,CL', `d2 /${digit}`, variable),
    row(mnemonic, 'Ev,CL', `d3 /${digit}`, variable),
  ];
}

const ROTATE: RowOptions = { flags: 'oc' };
const SHIFT: RowOptions = { flags: 'oszpc', undefinedFlags: 'a' };
const DOUBLE_SHIFT: RowOptions = { flags: 'szpc', undefinedFlags: 'oa' };
const SCAN: RowOptions = { flags: 'z', undefinedFlags: 'osapc' };

const bitTests: readonly (readonly [mnemonic: string, opcode: string, digit: number])[] = [
  ['bt', 'a3', 4],
  ['bts', 'ab', 5],
  ['btr', 'b3', 6],
  ['btc', 'bb', 7],
];

export const bitRows: readonly Encoding[] = [
  ...shift('rol', 0, ROTATE),
  ...shift('ror', 1, ROTATE),
  ...shift('rcl', 2, { ...ROTATE, tests: 'c' }),
  ...shift('rcr', 3, { ...ROTATE, tests: 'c' }),
  ...shift('shl', 4, SHIFT, { aliases: 'sal' }),
  ...shift('shr', 5, SHIFT),
  ...shift('shl', 6, SHIFT, { aliases: 'sal', decodeOnly: true }),
  ...shift('sar', 7, SHIFT),

  row('shld', 'Ev,Gv,Ib', '0f a4 /r', DOUBLE_SHIFT),
  row('shld', 'Ev,Gv,CL', '0f a5 /r', DOUBLE_SHIFT),
  row('shrd', 'Ev,Gv,Ib', '0f ac /r', DOUBLE_SHIFT),
  row('shrd', 'Ev,Gv,CL', '0f ad /r', DOUBLE_SHIFT),

  ...bitTests.flatMap(([mnemonic, opcode, digit]) => {
    const options = { flags: 'c', undefinedFlags: 'osap', lock: mnemonic !== 'bt' };
    return [
      row(mnemonic, 'Ev,Gv', `0f ${opcode} /r`, options),
      row(mnemonic, 'Ev,Ib', `0f ba /${digit}`, options),
    ];
  }),
  row('bsf', 'Gv,Ev', '0f bc /r', SCAN),
  row('bsr', 'Gv,Ev', '0f bd /r', SCAN),
  row('bswap', 'Zv', '0f c8+r'),
];
