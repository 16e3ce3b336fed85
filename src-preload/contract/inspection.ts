import { z } from 'zod';
import { call } from './Channel.ts';
import { Address, DisassemblyLine } from './debugging.ts';
import { VcpuId, VmId } from './machines.ts';

const Count = z.number().nonnegative();

/** A record of translated code: the handler it names, and the fields that the handler reads. */
export const CodeRecord = z.object({
  /** In the machine's own memory. */
  address: Address,
  /** Of the definition, such as `add`; of the translator's own steps, their kind. */
  name: z.string(),
  /** What of the instruction the handler was made for: `r32 m32a32f`. */
  shape: z.string(),
  isStep: z.boolean(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Helpers of the engine that it calls. */
  helpers: z.array(z.string()),
  /** Times that it has called one since power-on. */
  helperCalls: Count,
});
export type CodeRecord = z.infer<typeof CodeRecord>;

export const BlockTier = z.enum(['threaded', 'compiling', 'region']);
export type BlockTier = z.infer<typeof BlockTier>;

export const CodeBlock = z.object({
  linearAddress: Address,
  byteLength: Count,
  mode: z.enum(['real', 'protected', 'v86']),
  codeSize: z.union([z.literal(16), z.literal(32)]),
  isFlat: z.boolean(),
  /** The vCPU, as it is now, would run this translation. */
  isPresent: z.boolean(),
  tier: BlockTier,
  /** Number of the region that holds it. */
  region: z.number().int().nullable(),
  isRegionEntry: z.boolean(),
  /** Times entered, modulo 2^32; null: not counted. */
  executions: Count.nullable(),
  /** Entries until a region is made of it. */
  untilHot: Count.nullable(),
});
export type CodeBlock = z.infer<typeof CodeBlock>;

/** A line of guest code and what it has become. */
export const TranslationLine = z.object({
  line: DisassemblyLine,
  /** Position in `blocks`; null: not translated. */
  block: z.number().int().nullable(),
  /** The block begins here. */
  isFirst: z.boolean(),
  record: CodeRecord.nullable(),
  /** The translator's own, before the instruction or in its place. */
  steps: z.array(CodeRecord),
});
export type TranslationLine = z.infer<typeof TranslationLine>;

export const CodeRegion = z.object({
  number: z.number().int(),
  /** Linear address of its entry. */
  linearAddress: Address,
  guestInstructions: Count,
  blocks: Count,
  /** Retired in it, and times entered. */
  instructions: Count,
  entries: Count,
  wasmBytes: Count,
  compileMs: Count,
});
export type CodeRegion = z.infer<typeof CodeRegion>;

export const Translation = z.object({
  /** Linear address of the vCPU's next instruction. */
  current: Address,
  lines: z.array(TranslationLine),
  blocks: z.array(CodeBlock),
  /** The hottest of the whole vCPU. */
  regions: z.array(CodeRegion),
});
export type Translation = z.infer<typeof Translation>;

export const RegionText = z.object({
  figures: CodeRegion,
  /** How often it was left, by cause. */
  exits: z.record(z.string(), Count),
  /** Its WebAssembly in the text format; each line with the guest's instruction that it came from. */
  lines: z.array(z.object({ text: z.string(), linearAddress: Address.nullable() })),
});
export type RegionText = z.infer<typeof RegionText>;

export const inspectionContract = {
  /** Guest code beside what it was translated into; without an address, around the vCPU's next instruction. */
  'inspect:translation': call(
    z.object({
      id: VmId,
      vcpu: VcpuId.default(0),
      linearAddress: Address.optional(),
      linesBefore: z.number().int().min(0).max(60).default(8),
      lines: z.number().int().min(1).max(400).default(64),
    }),
    Translation,
  ),
  /** Null: the region is no more. */
  'inspect:region': call(
    z.object({ id: VmId, vcpu: VcpuId.default(0), number: z.number().int().min(1) }),
    RegionText.nullable(),
  ),
} as const;
