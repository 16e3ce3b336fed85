import { z } from 'zod';
import { Bytes, Quadwords } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { REGISTER_NAMES } from './layouts/Registers.ts';
import { VcpuId, VmId } from './machines.ts';

/** A linear or physical address: a safe integer. */
export const Address = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const Vector = z.number().int().min(0).max(255);
const AccessKind = z.enum(['read', 'write', 'any']);
/** An expression (see `machine/expressions`); main says what is wrong with one. */
const ExpressionText = z.string().trim().max(1000);

/** What is wrong with an expression: in English, and which sentence it is for windows in another language. */
export const ExpressionFault = z.object({
  message: z.string(),
  text: z.object({ id: z.string(), values: z.object({ part: z.string() }).optional() }),
});
export type ExpressionFault = z.infer<typeof ExpressionFault>;

/**
 * What a breakpoint waits for. `location` is how the user says where, such as `main+4`; main finds the address of it
 * anew when the program has changed. Empty: the address is the user's own. A vector or register of null: any.
 */
export const BreakpointTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('code'), linearAddress: Address, location: ExpressionText.default('') }),
  z.object({
    kind: z.literal('data'),
    linearAddress: Address,
    location: ExpressionText.default(''),
    byteLength: z.number().int().min(1).max(1_048_576),
    access: AccessKind,
  }),
  z.object({
    kind: z.literal('port'),
    firstPort: z.number().int().min(0).max(0xffff),
    portCount: z.number().int().min(1).max(0x1_0000),
    access: AccessKind,
  }),
  z.object({ kind: z.literal('interrupt'), vector: Vector.nullable() }),
  z.object({ kind: z.literal('exception'), vector: Vector.nullable() }),
  /** Protection, paging or virtual-8086 mode goes on or off. */
  z.object({ kind: z.literal('mode') }),
  z.object({
    kind: z.literal('control-register'),
    register: z.union([z.literal(0), z.literal(2), z.literal(3), z.literal(4)]).nullable(),
  }),
]);
export type BreakpointTarget = z.infer<typeof BreakpointTarget>;

export const BreakpointSettings = z.object({
  target: BreakpointTarget,
  enabled: z.boolean().default(true),
  /** It counts only where this is not zero; empty: always. */
  condition: ExpressionText.default(''),
  /** Times that it is met and passed before it stops the machine. */
  ignoreCount: z.number().int().min(0).max(1_000_000_000).default(0),
});
export type BreakpointSettings = z.infer<typeof BreakpointSettings>;

export const Breakpoint = BreakpointSettings.extend({
  /** Among those of its machine, from 1; never used again. */
  id: z.number().int().min(1),
  /** Why it does not work now: its location or condition names what the program does not have. */
  problem: ExpressionFault.nullable().default(null),
});
export type Breakpoint = z.infer<typeof Breakpoint>;

export const StackFrame = z.object({
  /** Of the instruction that is next there: linear. */
  linearAddress: Address,
  /** Symbol at or before it, and how far behind that. */
  symbol: z.string().nullable(),
  offset: z.number().int(),
  source: z.object({ file: z.string(), line: z.number().int() }).nullable(),
  /** The stack pointer once the procedures below have returned: linear. */
  stackPointer: Address,
  /** Found by looking for return addresses rather than by frame pointers. */
  isGuess: z.boolean(),
  /** A device or an exception has interrupted it before this instruction; it called nobody. */
  isInterrupted: z.boolean(),
});
export type StackFrame = z.infer<typeof StackFrame>;

export const WatchValue = z.object({
  expression: z.string(),
  /** Null: it has no value, and `problem` says why. */
  value: z.bigint().nullable(),
  problem: ExpressionFault.nullable(),
});
export type WatchValue = z.infer<typeof WatchValue>;

export const ProgramLabel = z.object({ name: z.string(), linearAddress: Address });
export type ProgramLabel = z.infer<typeof ProgramLabel>;

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
  /** Refused when its location or condition makes no sense. */
  'debug:addBreakpoint': call(z.object({ id: VmId, breakpoint: BreakpointSettings }), z.array(Breakpoint)),
  'debug:changeBreakpoint': call(
    z.object({ id: VmId, breakpointId: z.number().int(), breakpoint: BreakpointSettings }),
    z.array(Breakpoint),
  ),
  'debug:removeBreakpoint': call(z.object({ id: VmId, breakpointId: z.number().int() }), z.array(Breakpoint)),
  /** How often each was met, since it was set or the machine reset; refused while off. */
  'debug:breakpointHits': call(
    z.object({ id: VmId }),
    z.array(z.object({ id: z.number().int(), count: z.number().int() })),
  ),
  /** Values of expressions over registers, memory and symbols. */
  'debug:evaluate': call(
    z.object({ id: VmId, vcpu: VcpuId.default(0), expressions: z.array(ExpressionText).max(100) }),
    z.array(WatchValue),
  ),
  /** The innermost first. */
  'debug:callStack': call(z.object({ id: VmId, vcpu: VcpuId.default(0) }), z.array(StackFrame)),
  /** Paused machines only: runs until the procedure has returned. */
  'debug:stepOut': call(z.object({ id: VmId, vcpu: VcpuId.default(0) }), z.void()),
  /** Names of the program that contain `text`, the best matches first. */
  'debug:symbols': call(z.object({ id: VmId, text: z.string().max(200) }), z.array(ProgramLabel)),
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
