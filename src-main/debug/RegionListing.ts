import type { MadeRegion } from '../engine/accelerators/translate/index.ts';
import { formatInstruction } from '../engine/disassembler/InstructionText.ts';
import { SEGMENT, STATE, registerOffset, segmentOffset, xmmOffset } from '../engine/state/layout.ts';
import { LEAVE_CAUSES, REGION_DATA } from '../engine/tiers/region/regionData.ts';
import { moduleText } from '../engine/wasm/ModuleText.ts';

const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];

/** Names of the fields of a vCPU's state, by their offsets. */
const FIELDS: ReadonlyMap<number, string> = new Map([
  ...Object.entries(STATE).map(([name, offset]) => [offset, name] as const),
  ...GENERAL.map((name, index) => [registerOffset(index), name] as const),
  ...GENERAL.map((_, index) => [xmmOffset(index), `xmm${index}`] as const),
  ...SEGMENTS.flatMap((name, index) =>
    Object.entries(SEGMENT)
      .filter(([field]) => field !== 'size')
      .map(([field, offset]) => [segmentOffset(index) + offset, `${name}.${field}`] as const),
  ),
]);

const DATA: ReadonlyMap<number, string> = new Map([
  ...Object.entries(REGION_DATA).map(([name, offset]) => [offset, `region.${name}`] as const),
  ...LEAVE_CAUSES.map((cause, index) => [REGION_DATA.exits + 4 * index, `region.exits.${cause}`] as const),
]);

/** A region as text: what it is, then its WebAssembly module, with the guest's instructions among what they became. */
export function listRegion(made: MadeRegion): string {
  const { entry, lowest, highest, blocks, guestInstructions, wasmBytes, compileMs } = made.figures;
  const head = [
    `;; region ${made.number}: entry ${hex(entry)}, guest code ${hex(lowest)}..${hex(highest)}`,
    `;; ${count(blocks, 'block')}, ${count(guestInstructions, 'instruction')}; ` +
      `${wasmBytes} bytes of Wasm, made in ${compileMs.toFixed(2)} ms`,
  ];
  return `${head.join('\n')}\n${wasmText(made)}`;
}

/** The text of a region's module. */
export function wasmText({ plan, encoded, cpu, data }: Pick<MadeRegion, 'plan' | 'encoded' | 'cpu' | 'data'>): string {
  const guest = new Map(
    plan.blocks.flatMap(({ sites }) =>
      sites.map(({ eip, instruction }) => [eip, `${hex(eip)} ${formatInstruction(instruction, { address: eip })}`]),
    ),
  );
  const { locals, labels, marks } = encoded.notes;
  const remarks = new Map([...marks].map(([offset, eip]) => [offset, guest.get(eip) ?? hex(eip)]));
  const place = (address: number): string | undefined => FIELDS.get(address - cpu) ?? DATA.get(address - data);
  return moduleText(encoded.bytes, { locals, labels, remarks, place });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
