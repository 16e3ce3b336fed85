import type { AddressSize, Encoding, FlagLetters, Flow, OperandSize } from './Encoding.ts';
import { operandShape } from './OperandCode.ts';

/** What a row says beyond its mnemonic, operands and opcode; everything has the usual value when left out. */
export interface RowOptions {
  readonly semantics?: string;
  /** LOCK is legal. */
  readonly lock?: boolean;
  readonly repeat?: 'rep' | 'repe';
  /** Flags written with defined values, left undefined, read. */
  readonly flags?: FlagLetters;
  readonly undefinedFlags?: FlagLetters;
  readonly tests?: FlagLetters;
  readonly flow?: Flow;
  readonly sensitive?: boolean;
  readonly feature?: string;
  /** Modes in which the row is #UD: `real v86 long`. */
  readonly notIn?: string;
  readonly aliases?: string;
  readonly sizes?: readonly OperandSize[];
  readonly addressSizes?: readonly AddressSize[];
  readonly modrm?: 'memory' | 'register';
  readonly condition?: number;
  readonly decodeOnly?: boolean;
}

const ALL_SIZES = [16, 32, 64] as const;

interface ParsedOpcode {
  readonly bytes: readonly number[];
  readonly mandatoryPrefix: 0 | 0x66 | 0xf2 | 0xf3;
  readonly noPrefix: boolean;
  readonly digit: number;
}

/**
 * Reads the manual's opcode column: `0f af /r`, `80 /0`, `50+r`, `66 0f 6f /r`, `np 0f 10 /r`, `f3 90`.
 * A byte after the opcode proper stands for a whole ModRM byte: `d9 e8`, `0f 01 c8`.
 */
function parseOpcode(text: string): ParsedOpcode {
  const bytes: number[] = [];
  let digit = -1;
  let noPrefix = false;
  for (const token of text.split(' ')) {
    if (token === 'np') {
      noPrefix = true;
    } else if (token === '/r') {
      digit = 8;
    } else if (/^\/[0-7]$/.test(token)) {
      digit = Number(token.charAt(1));
    } else if (/^[0-9a-f]{2}(\+r)?$/.test(token)) {
      bytes.push(parseInt(token, 16));
    } else {
      throw new Error(`The instruction table has an unreadable opcode: ${text}`);
    }
  }
  const first = bytes[0];
  if (bytes.length > 1 && (first === 0x66 || first === 0xf2 || first === 0xf3)) {
    return { bytes: bytes.slice(1), mandatoryPrefix: first, noPrefix, digit };
  }
  return { bytes, mandatoryPrefix: 0, noPrefix, digit };
}

function modrmOf(operands: readonly string[], digit: number, stated: RowOptions['modrm']): Encoding['modrm'] {
  if (digit < 0) return 'none';
  if (stated) return stated;
  for (const code of operands) {
    const shape = operandShape(code);
    if (shape.place === 'rm') return shape.rm;
  }
  return 'any';
}

/** One row of the instruction table: `row('add', 'Eb,Gb', '00 /r', { lock: true, flags: 'oszapc' })`. */
export function row(mnemonic: string, operandList: string, opcodeText: string, options: RowOptions = {}): Encoding {
  const operands = operandList === '' ? [] : operandList.split(',');
  const opcode = parseOpcode(opcodeText);
  const excluded = options.notIn?.split(' ') ?? [];
  return Object.freeze({
    mnemonic,
    semantics: options.semantics ?? mnemonic,
    operands,
    opcode: opcode.bytes,
    mandatoryPrefix: opcode.mandatoryPrefix,
    digit: opcode.digit,
    modrm: modrmOf(operands, opcode.digit, options.modrm),
    noPrefix: opcode.noPrefix,
    sizes: options.sizes ?? ALL_SIZES,
    addressSizes: options.addressSizes ?? ALL_SIZES,
    condition: options.condition ?? -1,
    lockable: options.lock ?? false,
    repeat: options.repeat ?? 'none',
    modifiedFlags: options.flags ?? '',
    undefinedFlags: options.undefinedFlags ?? '',
    testedFlags: options.tests ?? '',
    flow: options.flow ?? 'next',
    sensitive: options.sensitive ?? false,
    feature: options.feature ?? '',
    modes: {
      real: !excluded.includes('real'),
      protected: true,
      v86: !excluded.includes('v86'),
      long: !excluded.includes('long'),
    },
    aliases: options.aliases?.split(' ') ?? [],
    decodeOnly: options.decodeOnly ?? false,
    name: `${mnemonic}${operands.length > 0 ? ' ' : ''}${operandList} [${opcodeText}]`,
  } satisfies Encoding);
}
