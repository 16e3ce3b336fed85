import { decode } from '../../decode/Decoder.ts';
import { knownFormOf } from '../threaded/InstructionPlans.ts';
import type { RegionJob } from './compileRegion.ts';
import { siteOf } from './RegionFormer.ts';
import type { BasicBlock, Site } from './RegionPlan.ts';

/** A job as it travels between threads: instructions as their bytes, which the other side decodes again. */
export interface PackedJob {
  readonly mode: RegionJob['plan']['mode'];
  readonly place: RegionJob['place'];
  /** Instructions and successors of each block. */
  readonly blocks: readonly { readonly count: number; readonly successors: readonly number[] }[];
  /** FIELDS for each instruction, then its targets. */
  readonly numbers: Uint32Array;
  readonly bytes: Uint8Array;
}

const FIELDS = ['eip', 'eipBase', 'record', 'recordCount', 'single'] as const;

export function packJob({ plan, place }: RegionJob): PackedJob {
  const sites = plan.blocks.flatMap((block) => block.sites);
  const bytes = new Uint8Array(sites.reduce((sum, site) => sum + site.bytes.length, 0));
  let at = 0;
  for (const site of sites) {
    bytes.set(site.bytes, at);
    at += site.bytes.length;
  }
  const numbers = sites.flatMap((site) => [
    ...FIELDS.map((field) => site[field]),
    site.targets.length,
    ...site.targets,
  ]);
  const blocks = plan.blocks.map((block) => ({ count: block.sites.length, successors: block.successors }));
  return { mode: plan.mode, place, blocks, numbers: Uint32Array.from(numbers), bytes };
}

export function unpackJob({ mode, place, blocks, numbers, bytes }: PackedJob): RegionJob {
  let at = 0,
    next = 0;
  const nextSite = (): Site => {
    const result = decode(bytes, at, bytes.length, mode.codeSize);
    if (result.kind !== 'instruction') throw new Error('a packed region holds bytes that are no instruction');
    const { instruction } = result;
    const [eip, eipBase, record, recordCount, single, targetCount] = numbers.subarray(next);
    next += FIELDS.length + 1;
    const targets = [...numbers.subarray(next, (next += targetCount))];
    const own = bytes.subarray(at, (at += instruction.length));
    const where = { instruction, eip, eipBase, record, recordCount, bytes: own };
    return siteOf(where, knownFormOf(instruction, mode, false), single, targets);
  };
  const unpacked = blocks.map(({ count, successors }): BasicBlock => {
    return { sites: Array.from({ length: count }, nextSite), successors };
  });
  return {
    plan: {
      mode,
      blocks: unpacked,
      blockAt: new Map(unpacked.map(({ sites }, index) => [sites[0].eip, index])),
      instructionCount: unpacked.reduce((sum, { sites }) => sum + sites.length, 0),
    },
    place,
  };
}
