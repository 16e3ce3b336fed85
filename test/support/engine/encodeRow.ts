import type { AddressSize, Encoding, OperandSize } from '../../../src-main/engine/isa/Encoding.ts';
import { operandShape, widthOf } from '../../../src-main/engine/isa/OperandCode.ts';

/** What an encoding leaves open. Numbers are taken modulo what fits. */
export interface RowChoices {
  readonly codeSize: 16 | 32;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  /** ModRM.mod where both memory and register are allowed, or memory of which form. */
  readonly mod: number;
  readonly reg: number;
  readonly rm: number;
  readonly sib: number;
  /** Source of the bytes of displacements and immediates. */
  readonly nextByte: () => number;
}

/** Writes an instruction of a given row straight from its columns, independently of decoder and assembler. */
export function encodeRow(encoding: Encoding, choices: RowChoices): Uint8Array {
  const { codeSize, operandSize, addressSize, nextByte } = choices;
  const bytes: number[] = [];
  const shapes = encoding.operands.map(operandShape);
  const data = (bits: number): void => {
    for (let count = bits / 8; count > 0; count--) bytes.push(nextByte());
  };

  if (addressSize !== codeSize) bytes.push(0x67);
  if (operandSize !== codeSize && encoding.mandatoryPrefix !== 0x66) bytes.push(0x66);
  if (encoding.mandatoryPrefix !== 0) bytes.push(encoding.mandatoryPrefix);
  bytes.push(...encoding.opcode);
  if (shapes.some(({ place }) => place === 'opcode')) bytes.push((bytes.pop() ?? 0) | (choices.rm & 7));

  if (encoding.modrm !== 'none') {
    const reg = encoding.digit < 8 ? encoding.digit : choices.reg & 7;
    const mod =
      encoding.modrm === 'register' ? 3 : encoding.modrm === 'memory' && choices.mod === 3 ? 1 : choices.mod & 3;
    const rm = choices.rm & 7;
    bytes.push((mod << 6) | (reg << 3) | rm);
    if (mod !== 3) {
      if (addressSize === 32) {
        const hasSib = rm === 4;
        if (hasSib) bytes.push(choices.sib & 0xff);
        const base = hasSib ? choices.sib & 7 : rm;
        data(mod === 1 ? 8 : mod === 2 || base === 5 ? 32 : 0);
      } else {
        data(mod === 1 ? 8 : mod === 2 || rm === 6 ? 16 : 0);
      }
    }
  }
  for (const { place, type } of shapes) {
    if (place === 'immediate') data(type === 'bs' ? 8 : widthOf(type, operandSize));
    else if (place === 'relative') data(widthOf(type, operandSize));
    else if (place === 'far') data(operandSize + 16);
    else if (place === 'offset') data(addressSize);
  }
  return Uint8Array.from(bytes);
}

/**
 * The operand sizes in which code of a size can have a row. A prefix for the other one would make some rows
 * another instruction, and belongs to the opcode of others.
 */
export function operandSizesOf({ sizes, noPrefix, mandatoryPrefix }: Encoding, codeSize: 16 | 32): (16 | 32)[] {
  const isPrefixTaken = noPrefix || mandatoryPrefix === 0x66;
  return sizes.filter((size): size is 16 | 32 => size === codeSize || (!isPrefixTaken && (size === 16 || size === 32)));
}

/** The operand and address sizes in which a row exists in 16- and 32-bit code. */
export function sizesOf(encoding: Encoding): { operandSize: 16 | 32; addressSize: 16 | 32 }[] {
  const small = (size: OperandSize | AddressSize): size is 16 | 32 => size !== 64;
  return encoding.sizes
    .filter(small)
    .flatMap((operandSize) => encoding.addressSizes.filter(small).map((addressSize) => ({ operandSize, addressSize })));
}
