import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/** Flags of ADD, SUB, CMP and NEG; of AND, OR, XOR and TEST (which clear OF and CF); of INC and DEC. */
const SUM: RowOptions = { flags: 'oszapc' };
const LOGIC: RowOptions = { flags: 'oszpc', undefinedFlags: 'a' };
const STEP: RowOptions = { flags: 'oszap' };
const CARRY: RowOptions = { flags: 'oszapc', tests: 'c' };
const PRODUCT: RowOptions = { flags: 'oc', undefinedFlags: 'szap' };
const QUOTIENT: RowOptions = { undefinedFlags: 'oszapc' };

/** The eight operations of opcodes 00-3D and group 1, in the order of their encoding. */
const operations: readonly (readonly [mnemonic: string, options: RowOptions, lock: boolean])[] = [
  ['add', SUM, true],
  ['or', LOGIC, true],
  ['adc', CARRY, true],
  ['sbb', CARRY, true],
  ['and', LOGIC, true],
  ['sub', SUM, true],
  ['xor', LOGIC, true],
  ['cmp', SUM, false],
];

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

function eightOperations(): Encoding[] {
  return operations.flatMap(([mnemonic, flags, lock], digit) => {
    const base = digit * 8;
    const toMemory = { ...flags, lock };
    return [
      row(mnemonic, 'Eb,Gb', `${hex(base)} /r`, toMemory),
      row(mnemonic, 'Ev,Gv', `${hex(base + 1)} /r`, toMemory),
      row(mnemonic, 'Gb,Eb', `${hex(base + 2)} /r`, flags),
      row(mnemonic, 'Gv,Ev', `${hex(base + 3)} /r`, flags),
      row(mnemonic, 'AL,Ib', hex(base + 4), flags),
      row(mnemonic, 'Ev,Ibs', `83 /${digit}`, toMemory),
      row(mnemonic, 'rAX,Iz', hex(base + 5), flags),
      row(mnemonic, 'Eb,Ib', `80 /${digit}`, toMemory),
      row(mnemonic, 'Ev,Iz', `81 /${digit}`, toMemory),
      row(mnemonic, 'Eb,Ib', `82 /${digit}`, { ...toMemory, notIn: 'long', decodeOnly: true }),
    ];
  });
}

export const arithmeticRows: readonly Encoding[] = [
  ...eightOperations(),

  row('inc', 'Zv', '40+r', { ...STEP, notIn: 'long' }),
  row('dec', 'Zv', '48+r', { ...STEP, notIn: 'long' }),
  row('inc', 'Eb', 'fe /0', { ...STEP, lock: true }),
  row('dec', 'Eb', 'fe /1', { ...STEP, lock: true }),
  row('inc', 'Ev', 'ff /0', { ...STEP, lock: true }),
  row('dec', 'Ev', 'ff /1', { ...STEP, lock: true }),

  row('test', 'Eb,Gb', '84 /r', LOGIC),
  row('test', 'Ev,Gv', '85 /r', LOGIC),
  row('test', 'AL,Ib', 'a8', LOGIC),
  row('test', 'rAX,Iz', 'a9', LOGIC),
  row('test', 'Eb,Ib', 'f6 /0', LOGIC),
  row('test', 'Eb,Ib', 'f6 /1', { ...LOGIC, decodeOnly: true }),
  row('test', 'Ev,Iz', 'f7 /0', LOGIC),
  row('test', 'Ev,Iz', 'f7 /1', { ...LOGIC, decodeOnly: true }),
  row('not', 'Eb', 'f6 /2', { lock: true }),
  row('not', 'Ev', 'f7 /2', { lock: true }),
  row('neg', 'Eb', 'f6 /3', { ...SUM, lock: true }),
  row('neg', 'Ev', 'f7 /3', { ...SUM, lock: true }),

  row('mul', 'Eb', 'f6 /4', PRODUCT),
  row('mul', 'Ev', 'f7 /4', PRODUCT),
  row('imul', 'Eb', 'f6 /5', { ...PRODUCT, semantics: 'imul1' }),
  row('imul', 'Ev', 'f7 /5', { ...PRODUCT, semantics: 'imul1' }),
  row('imul', 'Gv,Ev', '0f af /r', PRODUCT),
  row('imul', 'Gv,Ev,Ibs', '6b /r', PRODUCT),
  row('imul', 'Gv,Ev,Iz', '69 /r', PRODUCT),
  row('div', 'Eb', 'f6 /6', QUOTIENT),
  row('div', 'Ev', 'f7 /6', QUOTIENT),
  row('idiv', 'Eb', 'f6 /7', QUOTIENT),
  row('idiv', 'Ev', 'f7 /7', QUOTIENT),

  row('daa', '', '27', { flags: 'szapc', undefinedFlags: 'o', tests: 'ac', notIn: 'long' }),
  row('das', '', '2f', { flags: 'szapc', undefinedFlags: 'o', tests: 'ac', notIn: 'long' }),
  row('aaa', '', '37', { flags: 'ac', undefinedFlags: 'oszp', tests: 'a', notIn: 'long' }),
  row('aas', '', '3f', { flags: 'ac', undefinedFlags: 'oszp', tests: 'a', notIn: 'long' }),
  row('aam', 'Ib', 'd4', { flags: 'szp', undefinedFlags: 'oac', notIn: 'long' }),
  row('aad', 'Ib', 'd5', { flags: 'szp', undefinedFlags: 'oac', notIn: 'long' }),

  row('cmpxchg', 'Eb,Gb', '0f b0 /r', { ...SUM, lock: true }),
  row('cmpxchg', 'Ev,Gv', '0f b1 /r', { ...SUM, lock: true }),
  row('xadd', 'Eb,Gb', '0f c0 /r', { ...SUM, lock: true }),
  row('xadd', 'Ev,Gv', '0f c1 /r', { ...SUM, lock: true }),
  row('cmpxchg8b', 'Mq', '0f c7 /1', { flags: 'z', lock: true, feature: 'cx8', sizes: [16, 32] }),
];
