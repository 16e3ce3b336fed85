import { z } from 'zod';
import { Bytes, Quadwords } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { REGISTER_NAMES } from './layouts/Registers.ts';
import { VcpuId, VmId } from './machines.ts';

/** A linear or physical address: a safe integer. */
export const Address = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const Breakpoint = z.object({
  linearAddress: Address,
  enabled: z.boolean(),
});
export type Breakpoint = z.infer<typeof Breakpoint>;

export const DisassemblyLine = z.object({
  linearAddress: Address,
  bytes: Bytes,
  /** `mov eax, [ebx+0x4]`; `(bad)` where the bytes are no instruction. */
  text: z.string(),
  mnemonic: z.string(),
  operands: z.string(),
  /** Symbol at this address. */
  label: z.string().optional(),
  /** Linear address that a direct jump or call leads to. */
  target: Address.optional(),
  /** The engine must intercept its effect. */
  sensitive: z.boolean(),
  /** Line of the source that it was assembled from, 1-based. */
  source: z.object({ file: z.string(), line: z.number().int(), text: z.string() }).optional(),
});
export type DisassemblyLine = z.infer<typeof DisassemblyLine>;

export const Disassembly = z.object({
  /** Linear address of the vCPU's next instruction. */
  current: Address,
  codeSize: z.union([z.literal(16), z.literal(32), z.literal(64)]),
  lines: z.array(DisassemblyLine),
});
export type Disassembly = z.infer<typeof Disassembly>;

export const AddressSpace = z.enum(['physical', 'linear']);
export type AddressSpace = z.infer<typeof AddressSpace>;

export const MemoryRange = z.object({
  address: Address,
  bytes: Bytes,
  /** Offsets into `bytes` that are no RAM or not mapped, as [start, end) pairs; their bytes are 0. */
  missing: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type MemoryRange = z.infer<typeof MemoryRange>;

export const debugContract = {
  /** Registers of one vCPU in the order of `REGISTER_NAMES` (layouts/Registers.ts); refused while off. */
  'debug:registers': call(z.object({ id: VmId, vcpu: VcpuId.default(0) }), Quadwords),
  /** Paused machines only. `name` is one of `REGISTER_NAMES`. Returns all registers. */
  'debug:writeRegister': call(
    z.object({
      id: VmId,
      vcpu: VcpuId.default(0),
      name: z.enum(REGISTER_NAMES),
      value: z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn),
    }),
    Quadwords,
  ),

  'debug:breakpoints': call(z.object({ id: VmId }), z.array(Breakpoint)),
  'debug:setBreakpoint': call(
    z.object({ id: VmId, linearAddress: Address, enabled: z.boolean().default(true) }),
    z.array(Breakpoint),
  ),
  'debug:clearBreakpoint': call(z.object({ id: VmId, linearAddress: Address }), z.array(Breakpoint)),
  'debug:clearAllBreakpoints': call(z.object({ id: VmId }), z.array(Breakpoint)),
  'debug:breakpointsChanged': event(z.object({ id: VmId, breakpoints: z.array(Breakpoint) })),
  /** Resumes until the address is reached (or anything else stops the VM). */
  'debug:runTo': call(z.object({ id: VmId, vcpu: VcpuId.default(0), linearAddress: Address }), z.void()),

  /** Lines before and after an address; without one, around the vCPU's next instruction. */
  'debug:disassemble': call(
    z.object({
      id: VmId,
      vcpu: VcpuId.default(0),
      linearAddress: Address.optional(),
      linesBefore: z.number().int().min(0).max(200).default(8),
      linesAfter: z.number().int().min(0).max(400).default(24),
    }),
    Disassembly,
  ),

  'debug:readMemory': call(
    z.object({
      id: VmId,
      vcpu: VcpuId.default(0),
      space: AddressSpace,
      address: Address,
      length: z.number().int().min(0).max(65_536),
    }),
    MemoryRange,
  ),
  /** Paused machines only; all of it or nothing. */
  'debug:writeMemory': call(
    z.object({
      id: VmId,
      vcpu: VcpuId.default(0),
      space: AddressSpace,
      address: Address,
      bytes: Bytes,
    }),
    z.void(),
  ),
} as const;
