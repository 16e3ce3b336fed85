import { decode } from '../../src-main/engine/decode/Decoder.ts';
import { FLAG } from '../../src-main/engine/state/flags.ts';
import { definedFlags } from '../support/engine/flagMask.ts';
import { codeAddress, type OracleCase, type OracleResult } from './OracleCase.ts';
import type { OracleMachine } from './OracleMachine.ts';
import type { RecordedCase } from './Recording.ts';
import { vectorDifference } from './vectorState.ts';
import { flagFlow } from './sequences/flagFlow.ts';
import { SEQUENCE } from './sequences/SequenceBuilder.ts';

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const INT3 = 3;
/** RF in the pushed image differs by the kind of exception and says nothing of the instruction. */
const COMPARED_FLAGS = ~FLAG.RF;

/** What the engine makes of a case that differs from the recording; '' when nothing does. */
export function mismatchOf(machine: OracleMachine, { given, result: wanted }: RecordedCase): string {
  const actual = machine.run(given);
  if (typeof actual === 'string') return `ended by ${actual}`;
  const differences: string[] = [];
  const compare = (name: string, is: number, shouldBe: number): void => {
    if (is !== shouldBe) differences.push(`${name} ${hex(is)} for ${hex(shouldBe)}`);
  };
  compare('vector', actual.vector, wanted.vector);
  compare('error code', actual.errorCode, wanted.errorCode);
  REGISTERS.forEach((name, index) => compare(name, actual.registers[index], wanted.registers[index]));
  SEGMENTS.forEach((name, index) => compare(name, actual.segments[index], wanted.segments[index]));
  compare('eip', actual.eip, wanted.eip);
  const mask = COMPARED_FLAGS & flagsDefinedAfter(given, wanted);
  compare('eflags', (actual.flags & mask) >>> 0, (wanted.flags & mask) >>> 0);
  compare('changed memory', digest(actual), digest(wanted));
  if (actual.vectors && wanted.vectors) {
    const difference = vectorDifference(actual.vectors, wanted.vectors);
    if (difference !== '') differences.push(difference);
  }
  return differences.length === 0 ? '' : `${differences.join(', ')}${memory(actual, wanted)}`;
}

/** A case as a line for a person. */
export function describeCase(given: OracleCase): string {
  const bytes = [...given.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const registers = given.registers.map((value, index) => `${REGISTERS[index]}=${hex(value)}`).join(' ');
  return `${given.row} (${given.variant}) ${bytes} at ${hex(codeAddress(given))}, ${registers} eflags=${hex(given.flags)}${describeVectors(given)}`;
}

function describeVectors({ vectors }: OracleCase): string {
  return vectors ? ` vector seed=${vectors.seed} mxcsr=${hex(vectors.mxcsr)}` : '';
}

/** Undefined flags are the table's matter alone; a sequence may have ended at any of its instructions. */
function flagsDefinedAfter(given: OracleCase, { vector, eip }: OracleResult): number {
  const { bytes } = given;
  if (given.row === SEQUENCE) {
    const end = vector === INT3 ? eip - 1 : eip;
    return ~flagFlow(bytes).undefinedAt(end - codeAddress(given));
  }
  const padded = new Uint8Array(16);
  padded.set(bytes);
  const result = decode(padded, 0, 16, 32);
  return result.kind === 'instruction' ? definedFlags(result.instruction) : -1;
}

function digest({ changes }: OracleResult): number {
  return changes.reduce((hash, [address, value]) => Math.imul(hash ^ (address * 256 + value), 0x0100_0193), 1) >>> 0;
}

function memory(actual: OracleResult, wanted: OracleResult): string {
  if (digest(actual) === digest(wanted)) return '';
  const list = ({ changes }: OracleResult): string =>
    changes
      .slice(0, 12)
      .map(([address, value]) => `[${hex(address)}]=${hex(value)}`)
      .join(' ');
  return `: ${list(actual)} for ${list(wanted)}`;
}

function hex(value: number): string {
  return (value >>> 0).toString(16);
}
