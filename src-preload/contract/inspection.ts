import { z } from 'zod';
import { Bytes } from './Bytes.ts';
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

/** x87 and SSE registers of one vCPU. */
export const VectorRegisters = z.object({
  /** ST0 to ST7: null is empty. `bits` are the 80 bits, lowest byte first; `value` the nearest double. */
  stack: z.array(z.object({ bits: Bytes, value: z.number() }).nullable()),
  x87Control: Count,
  x87Status: Count,
  mxcsr: Count,
  /** XMM0 to XMM7, 16 bytes each. */
  xmm: Bytes,
});
export type VectorRegisters = z.infer<typeof VectorRegisters>;

export const DescriptorKind = z.enum([
  ...['code', 'data', 'reserved', 'vector', 'ldt', 'tss16', 'tss16Busy', 'tss32', 'tss32Busy'],
  ...['callGate16', 'callGate32', 'taskGate', 'interruptGate16', 'interruptGate32', 'trapGate16', 'trapGate32'],
] as const);
export type DescriptorKind = z.infer<typeof DescriptorKind>;

export const DescriptorEntry = z.object({
  /** Selector without RPL; of the IDT, the vector. */
  place: Count,
  kind: DescriptorKind,
  isPresent: z.boolean(),
  dpl: Count,
  base: Address.optional(),
  limit: Address.optional(),
  /** `r-x 32 conforming`. */
  access: z.string().optional(),
  selector: Count.optional(),
  offset: Address.optional(),
});
export type DescriptorEntry = z.infer<typeof DescriptorEntry>;

/** Entries that are all zeros are left out. */
export const DescriptorTable = z.object({
  base: Address,
  limit: Count,
  entries: z.array(DescriptorEntry),
  /** Some of it is not mapped. */
  isCut: z.boolean(),
});
export type DescriptorTable = z.infer<typeof DescriptorTable>;

export const TaskState = z.object({
  selector: Count,
  base: Address,
  limit: Count,
  is32Bit: z.boolean(),
  /** Empty where it is not mapped. */
  fields: z.array(z.object({ name: z.string(), value: Count, bits: z.union([z.literal(16), z.literal(32)]) })),
});
export type TaskState = z.infer<typeof TaskState>;

export const PagingMode = z.enum(['off', '32-bit', 'PAE']);

/** An entry of a paging structure. */
export const PagingEntry = z.object({
  level: z.enum(['pointers', 'directory', 'table']),
  index: Count,
  /** Physical address of the entry; null: a register, loaded with CR3. */
  entryAddress: Address.nullable(),
  raw: z.bigint(),
  kind: z.enum(['absent', 'table', 'page']),
  /** Of the table or page that it leads to. */
  physicalAddress: Address,
  isWritable: z.boolean(),
  isUser: z.boolean(),
  isAccessed: z.boolean(),
  isDirty: z.boolean(),
  isGlobal: z.boolean(),
  isNoExecute: z.boolean(),
});
export type PagingEntry = z.infer<typeof PagingEntry>;

/** Entries side by side that differ in where they lead alone. */
export const PagingRange = PagingEntry.extend({ linearAddress: Address, byteLength: Address, count: Count });
export type PagingRange = z.infer<typeof PagingRange>;

export const PageTable = z.object({ mode: PagingMode, ranges: z.array(PagingRange) });
export type PageTable = z.infer<typeof PageTable>;

/** All of linear memory that is mapped: pages side by side with the same rights are one range, wherever they lead. */
export const LinearMap = z.object({
  mode: PagingMode,
  ranges: z.array(
    z.object({
      linearAddress: Address,
      byteLength: Address,
      /** Where the first page leads. */
      physicalAddress: Address,
      isWritable: z.boolean(),
      isUser: z.boolean(),
      isNoExecute: z.boolean(),
    }),
  ),
  /** There are more. */
  isCut: z.boolean(),
});
export type LinearMap = z.infer<typeof LinearMap>;

/** What an access would come to, and the entries on its way. */
export const AccessReport = z.object({
  mode: PagingMode,
  walk: z.array(PagingEntry),
  verdict: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('allowed'),
      physicalAddress: Address,
      target: z.enum(['memory', 'rom', 'bus']),
    }),
    z.object({
      kind: z.literal('fault'),
      /** Of the page fault. */
      errorCode: Count,
      reason: z.enum(['absent', 'reserved', 'supervisor', 'readOnly', 'noExecute']),
      /** Position in `walk` of the entry that forbids it; -1: none does alone. */
      step: z.number().int(),
    }),
  ]),
});
export type AccessReport = z.infer<typeof AccessReport>;

const OfVcpu = z.object({ id: VmId, vcpu: VcpuId.default(0) });

export const inspectionContract = {
  'inspect:vectors': call(OfVcpu, VectorRegisters),
  'inspect:descriptors': call(OfVcpu.extend({ table: z.enum(['gdt', 'ldt', 'idt']) }), DescriptorTable),
  /** The current task's; null: there is none. */
  'inspect:taskState': call(OfVcpu, TaskState.nullable()),
  /** What is present in a paging structure, by the indices that lead to it; null: there is no such table (any more). */
  'inspect:pageTable': call(
    OfVcpu.extend({ path: z.array(z.number().int().min(0).max(1023)).max(2) }),
    PageTable.nullable(),
  ),
  'inspect:linearMap': call(OfVcpu, LinearMap),
  'inspect:access': call(
    OfVcpu.extend({
      linearAddress: Address.max(0xffff_ffff),
      kind: z.enum(['read', 'write', 'execute']),
      isUser: z.boolean(),
    }),
    AccessReport,
  ),

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
