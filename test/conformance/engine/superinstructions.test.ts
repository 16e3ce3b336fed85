import { expect, test } from 'vitest';
import { RSP } from '../../../src-main/engine/state/layout.ts';
import type { Form, OperandForm } from '../../../src-main/engine/tiers/threaded/Form.ts';
import { type Superinstruction, superinstructions } from '../../../src-main/engine/tiers/threaded/superinstructions.ts';
import { enumerateForms } from '../../../src-main/engine/tiers/threaded/threadedModule.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { processorImage } from '../../support/engine/processorImage.ts';
import { Random } from '../../support/engine/Random.ts';
import { createTestMachine, type TestMachine } from '../../support/engine/TestMachine.ts';
import { threadedHandlers } from '../../support/engine/threadedHandlers.ts';

/** What a handler of several instructions does is what these do one by one, wherever one of them has to go the slow way. */

const RAM = 0x2_0000;
const counting = createTestMachine({ ramBytes: RAM, regionThreshold: 1_000_000_000 });
const plain = createTestMachine({ ramBytes: RAM, regionThreshold: 0 });
const rows = superinstructions(enumerateForms()).filter(({ forms }) => forms.every(isWritable));
const handlers = threadedHandlers();

const DIRECTORY = 0x1_0000,
  TABLE = 0x1_1000,
  FORBIDDEN = 0xa000,
  OTHER_PAGE = 0x6000,
  BEYOND_RAM = 0x30_0000;
/** Where registers may point: plain memory, the ends of a page that is not there, a device, and the code itself. */
const PLACES = [AT.data + 0x100, AT.data + 0x800, FORBIDDEN - 2, FORBIDDEN + 8, BEYOND_RAM, AT.code, OTHER_PAGE - 4];
/** All of 4 MiB but the forbidden page, for the supervisor. */
const PAGE_TABLE = Uint32Array.from({ length: 1024 }, (_, page) => (page === FORBIDDEN >>> 12 ? 0 : (page << 12) | 3));
const ROUNDS = 6;
const MOST_INSTRUCTIONS = 100;

const REGISTERS: Record<number, readonly string[]> = {
  8: ['al', 'cl', 'dh', 'bl'],
  16: ['ax', 'cx', 'si', 'di'],
  32: ['eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'],
};
const SIZES: Record<number, string> = { 0: '', 8: 'byte ', 16: 'word ', 32: 'dword ' };
const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');
const SHIFTS = new Set(['shl', 'shr', 'sar']);
const MNEMONICS: Record<string, string> = { jmpNear: 'jmp', callNear: 'call', retNear: 'ret' };

/** MOVZX and MOVSX from 16 bits to 16 exist, but not in assembly. */
function isWritable({ semantics, operands }: Form): boolean {
  return !(/^mov[zs]x$/.test(semantics) && operands.every(({ width }) => width === 16));
}

function one<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)];
}

function operandText(operand: OperandForm, random: Random): string {
  switch (operand.kind) {
    case 'register':
      return one(random, REGISTERS[operand.width]);
    case 'memory': {
      const index = operand.hasIndex ? ` + ${one(random, REGISTERS[32])} * ${one(random, [1, 4])}` : '';
      return `${SIZES[operand.width]}[${one(random, REGISTERS[32])}${index} + ${one(random, [0, 4, 0x20])}]`;
    }
    case 'immediate':
      return String(operand.width === 8 ? random.below(32) : one(random, [1, 0x1234_5678]));
    case 'relative':
      return operand.isInside ? 'there' : String(OTHER_PAGE);
    case 'far':
      throw new Error('far jumps are in no row');
  }
}

function instructionText({ semantics, condition, operands }: Form, random: Random): string {
  const mnemonic =
    MNEMONICS[semantics] ?? semantics.replace(/^(j|set|cmov)cc$/, (_, kind: string) => kind + CONDITIONS[condition]);
  const texts = operands.map((operand) => operandText(operand, random));
  if (SHIFTS.has(semantics) && operands.at(1)?.kind === 'register') texts[1] = 'cl';
  return `${mnemonic} ${texts.join(', ')}`;
}

function sourceOf({ forms }: Superinstruction, random: Random): string {
  return [...forms.map((form) => instructionText(form, random)), 'hlt', 'there: inc edx', 'hlt'].join('\n');
}

function place(machine: TestMachine, source: string, random: Random): void {
  startCode(machine, 'flat32', source);
  machine.load(OTHER_PAGE, [0xf4]);
  machine.load(TABLE, new Uint8Array(PAGE_TABLE.buffer));
  machine.write32(DIRECTORY, TABLE | 3);
  const { state } = machine;
  state.setControlRegister(3, DIRECTORY);
  state.setControlRegister(0, (state.controlRegister(0) | 0x8001_0000) >>> 0);
  for (let register = 0; register < 8; register++) state.setRegister(register, one(random, PLACES));
  state.setRegister(RSP, one(random, [AT.data + 0x400, FORBIDDEN + 0x1000, FORBIDDEN - 4, BEYOND_RAM + 0x40]));
  for (let at = 0; at < 0x40; at++) machine.ram[AT.data + 0x400 + at] = random.below(256);
  state.eflags = 2 | (random.below(0x100) & 0xd5) | (random.below(2) << 11);
  machine.processor.stateChanged();
}

type Ending = Record<string, string | number>;

function ending(machine: TestMachine, run: () => string): Ending {
  const reason = run();
  return { reason, ...processorImage(machine) };
}

function whole(machine: TestMachine): Ending {
  return ending(machine, () => machine.run(MOST_INSTRUCTIONS).reason);
}

function stepwise(machine: TestMachine): Ending {
  return ending(machine, () => {
    for (let count = 0; count < MOST_INSTRUCTIONS; count++) {
      const { reason } = machine.processor.step();
      if (reason !== 'budget') return reason;
    }
    return 'budget';
  });
}

/** The handler that does all of a row. */
function handlerOf({ isHeaded, forms }: Superinstruction): number | undefined {
  const parts = forms.map(({ key }) => handlers.form(key) ?? NaN);
  if (isHeaded) parts.unshift(handlers.step('head'));
  return parts.reduce<number | undefined>(
    (first, part) => (first === undefined ? undefined : handlers.extended(first, part)),
    parts.shift(),
  );
}

/** The handler that a block begins with. */
function firstHandler(machine: TestMachine): number {
  const [block] = machine.processor.inspector.view(AT.code, 1).blocks;
  return new DataView(block.records[0].bytes.buffer).getUint32(0, true);
}

test('rows of instructions with one handler end as they do one by one', { timeout: 120_000 }, () => {
  const found: string[] = [];
  let joined = 0;
  rows.forEach((row, seed) => {
    const machine = row.isHeaded ? counting : plain;
    for (let round = 0; round < ROUNDS; round++) {
      const start = (): string => {
        const random = new Random(seed * ROUNDS + round);
        const source = sourceOf(row, random);
        place(machine, source, random);
        return source;
      };
      const source = start();
      const expected = stepwise(machine);
      start();
      const actual = whole(machine);
      // Code that overwrites itself may be no block any more.
      if (machine.processor.inspector.view(AT.code, 1).blocks.length > 0 && firstHandler(machine) === handlerOf(row))
        joined++;
      const differing = Object.keys(expected).filter((key) => expected[key] !== actual[key]);
      if (differing.length > 0) found.push(`${source.replaceAll('\n', '; ')}: ${differing.join()}`);
    }
  });
  expect(found).toEqual([]);
  expect(joined / (rows.length * ROUNDS)).toBeGreaterThan(0.8);
});
