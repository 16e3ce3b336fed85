import type { CodeRecord, CodeRegion, RegionText, Translation } from '../../../src-preload/contract/inspection.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { refuse, refuseWith, succeed } from '../outcomes.ts';
import { readLinear } from '../../debug/LinearMemory.ts';
import { recordText } from '../../debug/recordText.ts';
import { LEAD_BYTES, listTranslation } from '../../debug/TranslationListing.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import { type Debugging, off } from '../Debugging.ts';

/** No x86 instruction is longer, and few come near (SDM vol. 2A, 2.3.11). */
const BYTES_A_LINE = 15;
/** Bytes of code that one question may be about. */
const MOST_BYTES = 0x1000;

type Inspected = NonNullable<
  Extract<Awaited<ReturnType<HypervisorService['inspection']['translation']>>, { ok: true }>['value']
>;

/** What the window asks about the inside of a machine's processors. */
export class Inspection {
  private readonly hypervisor: HypervisorService;
  private readonly debugging: Debugging;

  constructor(hypervisor: HypervisorService, debugging: Debugging) {
    this.hypervisor = hypervisor;
    this.debugging = debugging;
  }

  async translation(
    id: VmId,
    vcpu: number,
    linearAddress: number | undefined,
    linesBefore: number,
    lines: number,
  ): Promise<Outcome<Translation>> {
    const looked = await this.debugging.look(id, vcpu, linearAddress);
    if (!looked) return off();
    const { place, current, memory, knowledge } = looked;
    const from = Math.max(0, place.linearAddress - LEAD_BYTES);
    const length = Math.min(MOST_BYTES, place.linearAddress - from + lines * BYTES_A_LINE, 2 ** 32 - from);
    const translated = await this.hypervisor.inspection.translation(id, vcpu, from, length);
    if (!translated.ok) return refuseWith(translated.error);
    if (translated.value === null) {
      return refuse('wrong-state', 'This machine’s accelerator runs the guest’s code as it is: nothing is translated.', {}, 'nothing-translated'); // prettier-ignore
    }
    const { blocks, regions } = translated.value;
    const bytes = mappedAround(await readLinear(memory, from, length), place.linearAddress);
    const listed = bytes
      ? listTranslation(
          { ...bytes, codeSize: place.codeSize },
          place,
          blocks,
          { before: linesBefore, count: lines },
          knowledge,
        )
      : [];
    return succeed({
      current,
      blocks: blocks.map(({ records: _, mode, ...block }) => ({ ...block, ...mode })),
      regions: regions.map(regionFigures),
      lines: listed.map(({ record, steps, ...row }) => ({
        ...row,
        record: record && describeRecord(record),
        steps: steps.map(describeRecord),
      })),
    });
  }

  async region(id: VmId, vcpu: number, number: number): Promise<Outcome<RegionText | null>> {
    const found = await this.hypervisor.inspection.region(id, vcpu, number);
    if (!found.ok) return refuseWith(found.error);
    if (found.value === null) return succeed(null);
    const { figures, codeBase } = found.value;
    // Makes the region's text anew, by most of the engine, which no start of the window is to wait for.
    const { regionLines } = await import('../../debug/RegionListing.ts');
    return succeed({
      figures: regionFigures({ ...figures, number, linearAddress: (codeBase + figures.entry) >>> 0 }),
      exits: { ...figures.exits },
      lines: regionLines(found.value),
    });
  }
}

function describeRecord(record: Inspected['blocks'][number]['records'][number]): CodeRecord {
  const { address, isStep, helpers, helperCalls } = record;
  const { fields, ...text } = recordText(record);
  return { address, isStep, helpers: [...helpers], helperCalls, ...text, fields: [...fields] };
}

function regionFigures(region: Inspected['regions'][number]): CodeRegion {
  const { number, linearAddress, guestInstructions, blocks, instructions, entries, wasmBytes, compileMs } = region;
  return { number, linearAddress, guestInstructions, blocks, instructions, entries, wasmBytes, compileMs };
}

/** The stretch of mapped bytes that holds an address; undefined when it lies in a gap. */
function mappedAround(
  { address, bytes, missing }: Awaited<ReturnType<typeof readLinear>>,
  linearAddress: number,
): { readonly linearAddress: number; readonly bytes: Uint8Array } | undefined {
  const at = linearAddress - address;
  let [start, end] = [0, bytes.length];
  for (const [gapStart, gapEnd] of missing) {
    if (gapStart <= at && at < gapEnd) return undefined;
    if (gapEnd <= at) start = Math.max(start, gapEnd);
    else end = Math.min(end, gapStart);
  }
  return { linearAddress: address + start, bytes: bytes.subarray(start, end) };
}
