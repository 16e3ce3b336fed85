import { Decoder as IcedDecoder, DecoderOptions, FlowControl, RflagsBits } from 'iced-x86';
import { describe, expect, test } from 'vitest';
import type { Encoding, Flow } from '../../../src-main/engine/isa/Encoding.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import { encodeRow, sizesOf } from '../../support/engine/encodeRow.ts';

const FLAG_BITS: readonly (readonly [letter: string, bit: RflagsBits])[] = [
  ['o', RflagsBits.OF],
  ['s', RflagsBits.SF],
  ['z', RflagsBits.ZF],
  ['a', RflagsBits.AF],
  ['p', RflagsBits.PF],
  ['c', RflagsBits.CF],
  ['d', RflagsBits.DF],
  ['i', RflagsBits.IF],
];

/** iced's kinds of control flow for each of ours. `system` also ends blocks where the manual sees no branch. */
const flowOf: Readonly<Record<Exclude<Flow, 'system'>, readonly FlowControl[]>> = {
  next: [FlowControl.Next],
  jump: [FlowControl.UnconditionalBranch],
  branch: [FlowControl.ConditionalBranch],
  call: [FlowControl.Call],
  indirect: [FlowControl.IndirectBranch, FlowControl.IndirectCall, FlowControl.Return],
};

const lettersOf = (bits: number): string => FLAG_BITS.map(([letter, bit]) => (bits & bit ? letter : '')).join('');

/** The letters in the order of FLAG_BITS, without those that iced does not know (T). */
const sorted = (letters: string): string =>
  FLAG_BITS.map(([letter]) => (letters.includes(letter) ? letter : '')).join('');

function columnsOfIced(encoding: Encoding): Record<string, unknown> {
  const sizes = sizesOf(encoding).at(-1);
  if (!sizes) throw new Error(`${encoding.name} exists in neither 16- nor 32-bit code`);
  const bytes = encodeRow(encoding, { codeSize: 32, ...sizes, mod: 0, reg: 4, rm: 6, sib: 0, nextByte: () => 2 });
  const decoder = new IcedDecoder(32, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  const { opCode } = instruction;
  const columns = {
    modifiedFlags: lettersOf(instruction.rflagsWritten | instruction.rflagsCleared | instruction.rflagsSet),
    undefinedFlags: lettersOf(instruction.rflagsUndefined),
    testedFlags: lettersOf(instruction.rflagsRead),
    lockable: opCode.canUseLockPrefix,
    repeat: opCode.canUseRepnePrefix && opCode.canUseRepPrefix ? 'repe' : opCode.canUseRepPrefix ? 'rep' : 'none',
    flow: instruction.flowControl,
    isPrivileged: opCode.isPrivileged,
  };
  instruction.free();
  decoder.free();
  return columns;
}

describe('the columns of the instruction table are those of iced-x86:', () => {
  test.each(encodings.map((encoding) => [encoding.name, encoding] as const))('%s', (_, encoding) => {
    const { flow, isPrivileged, ...theirs } = columnsOfIced(encoding);
    // Software interrupts clear IF through an interrupt gate, which iced does not count.
    const isInterrupt = encoding.mnemonic.startsWith('int');
    expect({
      modifiedFlags: isInterrupt ? '' : sorted(encoding.modifiedFlags),
      undefinedFlags: sorted(encoding.undefinedFlags),
      testedFlags: sorted(encoding.testedFlags),
      lockable: encoding.lockable,
      repeat: encoding.repeat,
    }).toEqual(theirs);
    if (encoding.flow !== 'system') expect(flowOf[encoding.flow]).toContain(flow);
    if (isPrivileged) expect(encoding.sensitive).toBe(true);
  });
});
