import {
  processorMode,
  REGISTER_INDEX,
  REGISTER_NAMES,
  type ProcessorMode,
  type RegisterName,
} from '../../../../src-preload/contract/layouts/Registers.ts';
import {
  exceptionsOf,
  floatText,
  type LaneType,
  laneTexts,
  precisionOf,
  roundingOf,
  topOf,
} from '../../../../src-preload/contract/readings/lanes.ts';
import {
  CONTROL_REGISTERS,
  DEBUG_REGISTERS,
  describeSegment,
  FLAGS,
  GENERAL_REGISTERS,
  SEGMENTS,
  setBits,
} from '../../../../src-preload/contract/readings/registerCatalogue.ts';
import type { VectorRegisters } from '../../../../src-preload/contract/inspection.ts';
import type { Control } from '../../../control/Control.ts';
import { EXIT_STATUS, UsageError } from '../../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { hex, prefixedHex } from './hexText.ts';
import { numberOf } from './placeOf.ts';

const XMM_BYTES = 16;
/** Of MXCSR: where its exceptions' masks begin. */
const MXCSR_MASKS = 7;
const MODES: Readonly<Record<ProcessorMode, string>> = {
  real: 'real mode',
  virtual8086: 'virtual-8086 mode',
  protected16: '16-bit protected mode',
  protected32: '32-bit protected mode',
};

/** A register or a part of one, and the expression that it is to hold; undefined: it is read. */
interface Wish {
  readonly name: string;
  readonly register: RegisterName;
  readonly shift: bigint;
  readonly bits: number;
  readonly value: string | undefined;
}

/** `vivarium registers`: all of them, or those that are named; `eax=5` writes one of a machine that is paused. */
export function showRegisters(context: MachineContext, word: string, words: readonly string[]): Promise<number> {
  const wishes = words.map(parseWish);
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    // All have their values before the first is written: an expression may be about another.
    const written: (readonly [Wish, bigint])[] = [];
    for (const wish of wishes)
      if (wish.value !== undefined) written.push([wish, await valueFor(control, id, wish, wish.value)]);
    for (const [wish, value] of written) await write(control, id, wish, value);
    const values = valueOf(await control.call('debug:registers', { id }));
    const shown = wishes.length === 0 ? REGISTER_NAMES.map(wholeRegister) : wishes;
    const { mode, cpl } = processorMode(values);
    const texts = shown.map((each) => [each.name, prefixedHex(partOf(values, each), each.bits / 4)] as const);
    if (context.isJson) await printJson(context, { mode, cpl, registers: Object.fromEntries(texts) });
    else if (wishes.length > 0) for (const [name, text] of texts) await say(context, `${name} ${text}`);
    else for (const line of describeAll(values)) await say(context, line);
    return EXIT_STATUS.success;
  });
}

/** `vivarium registers --vectors`: the x87 stack as values, and SSE's registers in lanes. */
export function showVectors(context: MachineContext, word: string, lanes: LaneType): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const registers = valueOf(await control.call('inspect:vectors', { id }));
    if (context.isJson) await printJson(context, registers);
    for (const line of describeVectors(registers, lanes)) await say(context, line);
    return EXIT_STATUS.success;
  });
}

function parseWish(text: string): Wish {
  const [given = '', ...rest] = text.split('=');
  const name = given.trim().toLowerCase();
  const register = REGISTER_NAMES.find((each) => each === name);
  const found = register === undefined ? PARTS.get(name) : wholeRegister(register);
  if (found) return { ...found, value: rest.length === 0 ? undefined : rest.join('=') };
  throw new UsageError(`registers ${text}: there is no register “${given}” to read or write. There are: ${REGISTER_NAMES.filter((each) => !each.includes('.')).join(' ')}; parts such as ax, al and ah; and of segments cs.base, cs.limit and cs.attributes. Everything else has a value too: vivarium print MACHINE ${given}`); // prettier-ignore
}

function wholeRegister(register: RegisterName): Wish {
  return { name: register, register, shift: 0n, bits: 4 * digits(register), value: undefined };
}

/** `ax`, `al`, `ah`; `ip` and `flags`. */
const PARTS: ReadonlyMap<string, Wish> = new Map(
  ([...GENERAL_REGISTERS, 'eip', 'eflags'] as const).flatMap((register) => {
    const low = { name: register.slice(1), register, shift: 0n, bits: 16, value: undefined };
    const letter = /^e([abcd])x$/.exec(register)?.[1];
    const bytes = letter === undefined ? [] : [{ ...low, name: `${letter}l`, bits: 8 }, { ...low, name: `${letter}h`, bits: 8, shift: 8n }]; // prettier-ignore
    return [low, ...bytes].map((part) => [part.name, part] as const);
  }),
);

/** Negative numbers are two's complements, as wide as the register. */
async function valueFor(control: Control, id: string, { name, bits }: Wish, expression: string): Promise<bigint> {
  const value = await numberOf(control, id, expression, `${name}=`);
  // Numbers are of 32 bits where they are not longer.
  const signed = BigInt.asIntN(value < 1n << 32n ? 32 : 64, value);
  const isNegative = signed < 0n && BigInt.asIntN(bits, value) === signed;
  if (isNegative || value < 1n << BigInt(bits)) return BigInt.asUintN(bits, value);
  throw new UsageError(
    `${name}=${expression}: ${prefixedHex(value, 1)} does not fit into the ${bits} bits of ${name}.`,
  );
}

/** What is beside a part stays, as it is by then: somebody may write both halves of a register. */
async function write(control: Control, id: string, { register: name, shift, bits }: Wish, part: bigint): Promise<void> {
  const before = valueIn(valueOf(await control.call('debug:registers', { id })), name);
  const mask = ((1n << BigInt(bits)) - 1n) << shift;
  valueOf(await control.call('debug:writeRegister', { id, name, value: (before & ~mask) | (part << shift) }));
}

function partOf(values: BigUint64Array, { register, shift, bits }: Wish): bigint {
  return BigInt.asUintN(bits, valueIn(values, register) >> shift);
}

function describeAll(values: BigUint64Array): string[] {
  const text = (name: RegisterName): string => `${name} ${hex(valueIn(values, name), digits(name))}`;
  const number = (name: RegisterName): number => Number(valueIn(values, name));
  const row = (names: readonly RegisterName[]): string => names.map(text).join('  ');
  const { mode, cpl } = processorMode(values);
  const set = FLAGS.filter(({ bit }) => (number('eflags') >>> bit) & 1).map(({ letters }) => letters);
  return [
    `${MODES[mode]}, ring ${cpl}`,
    row(GENERAL_REGISTERS.slice(0, 4)),
    row(GENERAL_REGISTERS.slice(4)),
    `${row(['eip', 'eflags'])}  [${set.join(' ')}]`,
    ...SEGMENTS.map((name) => {
      const attributes = number(`${name}.attributes`);
      const range = `base ${hex(number(`${name}.base`))}  limit ${hex(number(`${name}.limit`))}`;
      return `${name.padEnd(4)} ${hex(number(name), 4)}  ${range}  ${describeSegment(attributes)}`;
    }),
    ...(['gdtr', 'idtr'] as const).map(
      (name) => `${name}       base ${hex(number(`${name}.base`))}  limit ${hex(number(`${name}.limit`), 4)}`,
    ),
    ...CONTROL_REGISTERS.map((name) => `${text(name)}  ${setBits(name, number(name))}`.trimEnd()),
    row(DEBUG_REGISTERS),
  ];
}

function describeVectors({ stack, x87Control, x87Status, mxcsr, xmm }: VectorRegisters, lanes: LaneType): string[] {
  const words = (rounding: string, raised: string, masked: string): string =>
    `rounds to ${rounding}, raised: ${raised || 'none'}, masked: ${masked || 'none'}`;
  return [
    `fcw ${hex(x87Control, 4)}  fsw ${hex(x87Status, 4)}  st0 is r${topOf(x87Status)}, ${precisionOf(x87Control)}-bit precision, ${words(roundingOf(x87Control, 10), exceptionsOf(x87Status), exceptionsOf(x87Control))}`,
    ...stack.map((register, place) =>
      register
        ? `st${place}   ${[...register.bits]
            .reverse()
            .map((byte) => hex(byte, 2))
            .join('')}  ${floatText(register.value)}`
        : `st${place}   empty`,
    ),
    `mxcsr ${hex(mxcsr)}  ${words(roundingOf(mxcsr, 13), exceptionsOf(mxcsr), exceptionsOf(mxcsr, MXCSR_MASKS))}`,
    ...Array.from({ length: xmm.length / XMM_BYTES }, (_, index) => {
      const bytes = xmm.slice(index * XMM_BYTES, (index + 1) * XMM_BYTES);
      return `xmm${index}  ${laneTexts(bytes, lanes).join('  ')}`;
    }),
  ];
}

function valueIn(values: BigUint64Array, name: RegisterName): bigint {
  return values[REGISTER_INDEX[name]] ?? 0n;
}

/** A selector has 16 bits, as the registers of tables have their limits. */
function digits(name: RegisterName): 4 | 8 {
  return SEGMENTS.some((segment) => segment === name) || name === 'gdtr.limit' || name === 'idtr.limit' ? 4 : 8;
}
