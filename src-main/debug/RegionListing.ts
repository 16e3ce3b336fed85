import type { MadeRegion } from '../engine/accelerators/translate/index.ts';
import { formatInstruction } from '../engine/disassembler/InstructionText.ts';
import type { RegionSource } from '../engine/TranslationView.ts';
import { encodeRegion } from '../engine/tiers/region/compileRegion.ts';
import { unpackJob } from '../engine/tiers/region/packJob.ts';
import { LEAVE_CAUSES, REGION_DATA } from '../engine/tiers/region/regionData.ts';
import { moduleLines, moduleText, type ModuleNames } from '../engine/wasm/ModuleText.ts';
import { STATE_NAMES } from './stateNames.ts';

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

type ReadableRegion = Pick<MadeRegion, 'encoded' | 'cpu' | 'data'> & {
  readonly plan: Pick<MadeRegion['plan'], 'blocks'>;
};

/** The text of a region's module. */
export function wasmText(region: ReadableRegion): string {
  return moduleText(region.encoded.bytes, namesOf(region));
}

/** A line of a region's text. */
export interface RegionLine {
  readonly text: string;
  /** Of the guest's instruction that it came from. */
  readonly linearAddress: number | null;
}

/** The same text line by line, made anew from what the region was made from. */
export function regionLines({ job, codeBase }: RegionSource): RegionLine[] {
  const { plan, place } = unpackJob(job);
  const region = { plan, encoded: encodeRegion({ plan, place }), cpu: place.cpu, data: place.data };
  const { marks } = region.encoded.notes;
  let isBehind = false;
  return moduleLines(region.encoded.bytes, namesOf(region)).map(({ text, mark }) => {
    const eip = mark === undefined ? undefined : marks.get(mark);
    // Behind the guest's code, at the depth of the function, its registers are stored: no instruction's own.
    isBehind = eip !== undefined && (isBehind || OUTERMOST.test(text));
    return { text, linearAddress: eip === undefined || isBehind ? null : (codeBase + eip) >>> 0 };
  });
}

/** A statement at the depth of the function. */
const OUTERMOST = /^ {4}\(/;

function namesOf({ plan, encoded, cpu, data }: ReadableRegion): ModuleNames {
  const guest = new Map(
    plan.blocks.flatMap(({ sites }) =>
      sites.map(({ eip, instruction }) => [eip, `${hex(eip)} ${formatInstruction(instruction, { address: eip })}`]),
    ),
  );
  const { locals, labels, marks } = encoded.notes;
  const remarks = new Map([...marks].map(([offset, eip]) => [offset, guest.get(eip) ?? hex(eip)]));
  const place = (address: number): string | undefined => STATE_NAMES.get(address - cpu) ?? DATA.get(address - data);
  return { locals, labels, remarks, place };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
