import { CS, DS, ES, FS, GS, SS } from '../../../src-main/engine/state/layout.ts';
import type { TestMachine } from '../../support/engine/TestMachine.ts';
import { definedFlags } from '../../support/engine/flagMask.ts';
import type { CpuVector, WordState } from './cpuVectors.ts';
import { DIFFERENCES, decodeVector, type Difference } from './differences80286.ts';

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const SEGMENTS = { es: ES, cs: CS, ss: SS, ds: DS } as const;

/** The 80286 keeps bits 12 to 15 of FLAGS clear in real mode; later processors have IOPL and NT there. */
const HIGH_FLAGS = 0xf000;

/** Iterations of a repeated instruction are steps. */
const MOST_STEPS = 0x1_0001;

/** What came of a vector: as recorded, a difference that the manuals state, or `mismatch` with what is wrong. */
export interface VectorOutcome {
  readonly difference: Difference | undefined;
  readonly mismatch: string;
}

/** Runs a vector one instruction at a time. */
export function runVector(machine: TestMachine, vector: CpuVector): VectorOutcome {
  const difference = DIFFERENCES.find((candidate) => candidate.applies(vector));
  prepare(machine, vector);
  const mismatch = difference ? runDifferent(machine, vector, difference) : runRecorded(machine, vector);
  cleanUp(machine, vector);
  return { difference, mismatch };
}

/** The expected exception is raised with the registers of before the instruction, or it completes without one. */
function runDifferent(machine: TestMachine, vector: CpuVector, { exception }: Difference): string {
  const { state, processor } = machine;
  const counted = machine.exitCount('exception');
  if (exception !== undefined) machine.load(exception * 4, [0x78, 0x56, 0x34, 0x12]);
  let before: number[];
  // A repeated instruction may get some way before it faults.
  do {
    before = GENERAL.map((_, index) => state.register(index));
    processor.step();
  } while (machine.exitCount('exception') === counted && state.eip === vector.initial.ip);
  const isRaised = machine.exitCount('exception') > counted;
  if (exception === undefined) return isRaised ? 'an exception is raised' : '';
  if (!isRaised || state.selector(CS) !== 0x1234 || state.eip !== 0x5678) return `exception ${exception} is not raised`;
  const changed = GENERAL.filter((name, index) => state.register(index) !== before[index] && name !== 'sp');
  return changed.length > 0 ? `${changed.join(', ')} changed before the fault` : '';
}

function runRecorded(machine: TestMachine, vector: CpuVector): string {
  const { processor, state } = machine;
  let exit = processor.step();
  for (let steps = 1; exit.reason === 'budget' && steps < MOST_STEPS; steps++) exit = processor.step();
  const differences: string[] = [];
  if (exit.reason !== 'halt') differences.push(`ended by ${JSON.stringify(exit)}`);
  const expected: WordState = { ...vector.initial, ...vector.final };
  const compare = (name: string, actual: number, wanted: number, mask = 0xffff): void => {
    if (((actual ^ wanted) & mask) !== 0) differences.push(`${name} ${hex(actual)} for ${hex(wanted)}`);
  };
  GENERAL.forEach((name, index) => compare(name, state.register(index), expected[name]));
  for (const [name, segment] of Object.entries(SEGMENTS)) {
    compare(name, state.selector(segment), expected[name as keyof typeof SEGMENTS]);
  }
  compare('ip', state.eip, expected.ip);
  const mask = comparedFlags(vector);
  compare('flags', state.eflags, expected.flags, mask);
  // `flagsAddress` is rounded down to a word.
  const pushedFlags = expected.ss * 16 + ((expected.sp + 4) & 0xffff);
  for (const [address, value] of vector.ramAfter) {
    let defined = 0xff;
    if (vector.exception !== undefined && address === pushedFlags) defined = mask & 0xff;
    if (vector.exception !== undefined && address === pushedFlags + 1) defined = (mask >> 8) & 0xff;
    compare(`[${hex(address)}]`, machine.read8(address), value, defined);
  }
  return differences.join(', ');
}

function prepare(machine: TestMachine, vector: CpuVector): void {
  const { processor, state } = machine;
  processor.reset();
  for (const [address, value] of vector.ram) machine.load(address, [value]);
  GENERAL.forEach((name, index) => state.setRegister(index, vector.initial[name]));
  for (const [name, segment] of Object.entries(SEGMENTS)) {
    const selector = vector.initial[name as keyof typeof SEGMENTS];
    state.setSegment(segment, { selector, attributes: 0x93, base: selector * 16, limit: 0xffff });
  }
  for (const segment of [FS, GS]) state.setSegment(segment, { selector: 0, attributes: 0x93, base: 0, limit: 0xffff });
  state.idtr = { base: 0, limit: 0x3ff };
  state.eip = vector.initial.ip;
  // TF would trap after the HLT that ends each recording; the recordings have it clear, and bit 1 set.
  state.eflags = vector.initial.flags & ~HIGH_FLAGS;
  processor.stateChanged();
}

/** Leaves no bytes behind for the next vector. */
function cleanUp(machine: TestMachine, vector: CpuVector): void {
  for (const [address] of [...vector.ram, ...vector.ramAfter]) machine.load(address, [0]);
  machine.load(0, new Uint8Array(0x400));
  for (let at = 1; at <= 6; at++) machine.load(vector.initial.ss * 16 + ((vector.initial.sp - at) & 0xffff), [0]);
}

function comparedFlags(vector: CpuVector): number {
  const result = decodeVector(vector);
  return result.kind === 'instruction' ? definedFlags(result.instruction) & ~HIGH_FLAGS : ~HIGH_FLAGS;
}

function hex(value: number): string {
  return (value >>> 0).toString(16);
}
