import type { Encoding, OperandSize } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

/** The byte row and the word and doubleword rows of one string instruction, `opcode` being the byte row's. */
function stringInstruction(stem: string, operands: string, opcode: number, options: RowOptions): Encoding[] {
  const byte = opcode.toString(16);
  const wide = (opcode + 1).toString(16);
  const common = { ...options, semantics: stem };
  const wideOperands = operands.replace('AL', 'rAX').replaceAll('b', stem === 'ins' || stem === 'outs' ? 'z' : 'v');
  const only = (size: OperandSize): RowOptions => ({ ...common, sizes: [size] });
  return [
    row(`${stem}b`, operands, byte, common),
    row(`${stem}w`, wideOperands, wide, only(16)),
    row(`${stem}d`, wideOperands, wide, only(32)),
  ];
}

/** Port I/O leaves the block: the device behind it may stop, reset or interrupt the processor. */
const PORT: RowOptions = { flow: 'system', sensitive: true };

export const stringRows: readonly Encoding[] = [
  ...stringInstruction('ins', 'Yb,DX', 0x6c, { ...PORT, repeat: 'rep', tests: 'd' }),
  ...stringInstruction('outs', 'DX,Xb', 0x6e, { ...PORT, repeat: 'rep', tests: 'd' }),
  ...stringInstruction('movs', 'Yb,Xb', 0xa4, { repeat: 'rep', tests: 'd' }),
  ...stringInstruction('cmps', 'Xb,Yb', 0xa6, { repeat: 'repe', tests: 'd', flags: 'oszapc' }),
  ...stringInstruction('stos', 'Yb,AL', 0xaa, { repeat: 'rep', tests: 'd' }),
  ...stringInstruction('lods', 'AL,Xb', 0xac, { repeat: 'rep', tests: 'd' }),
  ...stringInstruction('scas', 'AL,Yb', 0xae, { repeat: 'repe', tests: 'd', flags: 'oszapc' }),
];
