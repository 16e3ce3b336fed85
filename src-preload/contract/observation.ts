import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { FileGrant } from './programs.ts';
import { CrashReport, VcpuId, VmActivity, VmId, VmState } from './machines.ts';

export const ExitCount = z.object({
  /** A kind of layouts/ExitKinds.ts. */
  kind: z.string(),
  count: z.number(),
  perSecond: z.number(),
});
export type ExitCount = z.infer<typeof ExitCount>;

/** Where a vCPU's time went since the machine was started, in milliseconds. */
export const VcpuTimes = z.object({
  /** Had a pCPU. */
  runMs: z.number(),
  /** Of that, for how long the host ran something else on it; known on Linux, 0 elsewhere. */
  stolenMs: z.number(),
  /** Runnable, but every pCPU was taken (steal). */
  readyMs: z.number(),
  haltedMs: z.number(),
  cappedMs: z.number(),
  /** What weights, caps and pins entitled it to of what the host gave: beside `runMs` less `stolenMs`. */
  entitledMs: z.number(),
  /** How often it was given a pCPU. */
  slices: z.number().int(),
});
export type VcpuTimes = z.infer<typeof VcpuTimes>;

/** Rates are averages over the last second, or since the call before when that is less ago. */
export const Statistics = z.object({
  pcpuCount: z.number().int(),
  sliceMs: z.number(),
  /** Busy fraction of all pCPUs, 0..1. */
  load: z.number(),
  machines: z.array(
    z.object({
      id: VmId,
      state: VmState,
      activity: VmActivity,
      /** Of one pCPU, 0..1: what it had, and what weights and caps entitled it to while it wanted to run. */
      receivedShare: z.number(),
      entitledShare: z.number(),
      /** Million guest instructions a second. */
      mips: z.number(),
      /** Retired since power-on. */
      instructions: z.number(),
      vcpus: z.array(VcpuTimes),
      /** By the kinds of layouts/ExitKinds.ts, since power-on. */
      exits: z.record(z.string(), z.number()),
      exitsPerSecond: z.record(z.string(), z.number()),
      /** Entries in the containment log. */
      contained: z.number().int(),
    }),
  ),
});
export type Statistics = z.infer<typeof Statistics>;

/** What a guest tried beyond what it owns. */
export const ContainmentKind = z.enum([
  'outside-ram',
  'privileged-instruction',
  'unknown-port',
  'spin',
  'triple-fault',
  'thread-died',
]);
export type ContainmentKind = z.infer<typeof ContainmentKind>;

/** What answered. */
export const ContainmentMechanism = z.enum([
  'physical-memory-map',
  'privilege-check',
  'port-bus',
  'scheduler',
  'shutdown',
  'thread-boundary',
]);
export type ContainmentMechanism = z.infer<typeof ContainmentMechanism>;

/** What more there is to say of an attempt. */
export const ContainmentDetail = z.discriminatedUnion('id', [
  z.object({ id: z.literal('instruction'), mnemonic: z.string() }),
  z.object({ id: z.literal('undelivered-exception'), vector: z.number().int() }),
  z.object({ id: z.literal('interrupts-off'), seconds: z.number() }),
  z.object({ id: z.literal('crash'), kind: CrashReport.shape.kind }),
]);
export type ContainmentDetail = z.infer<typeof ContainmentDetail>;

/** How a neighbour was when the entry was last counted. */
export const NeighbourProof = z.object({
  vmId: VmId,
  name: z.string(),
  /** Digest of the memory that the neighbour itself has never written, sixteen hexadecimal digits. */
  digest: z.string(),
  /** Pages changed by somebody else: always 0 unless isolation is broken. */
  foreignWrites: z.number(),
  /** Of one pCPU, 0..1. */
  receivedShare: z.number(),
  entitledShare: z.number(),
});
export type NeighbourProof = z.infer<typeof NeighbourProof>;

/** All attempts of one kind by one vCPU are one entry whose `count` and range grow; it is sent again with the same `id`. */
export const ContainmentEntry = z.object({
  /** Grows by one per entry. */
  id: z.number().int(),
  vmId: VmId,
  /** The machine's name, also after it is deleted. */
  name: z.string(),
  vcpu: VcpuId,
  kind: ContainmentKind,
  mechanism: ContainmentMechanism,
  count: z.number(),
  /** Milliseconds since 1970. */
  firstAt: z.number(),
  lastAt: z.number(),
  /** Physical address (`outside-ram`), port (`unknown-port`), linear address of the instruction (the others); the lowest. */
  address: z.number(),
  /** Highest such place of those counted here; equals `address` when there is only one. */
  lastAddress: z.number(),
  access: z.enum(['read', 'write', 'execute']).nullable(),
  /** Linear address of the instruction last seen trying; -1 when not known. */
  instructionAddress: z.number(),
  detail: ContainmentDetail.nullable(),
  neighbours: z.array(NeighbourProof),
});
export type ContainmentEntry = z.infer<typeof ContainmentEntry>;

export const Demonstration = z.object({
  state: z.enum(['off', 'starting', 'running', 'stopping']),
  residents: z.array(VmId),
  rogues: z.array(VmId),
});
export type Demonstration = z.infer<typeof Demonstration>;

export const observationContract = {
  /** Totals since power-on, all vCPUs together. */
  'vm:exits': call(z.object({ id: VmId }), z.array(ExitCount)),
  'statistics:read': call(z.void(), Statistics),
  /** Opens the save dialog, and writes what a chart shows: its picture, or its numbers. */
  'chart:save': call(
    z.object({ name: z.string().min(1).max(120), format: z.enum(['png', 'csv']), bytes: Bytes }),
    FileGrant,
  ),

  /** The latest entries, oldest first. */
  'containment:list': call(
    z.object({ limit: z.number().int().min(1).max(5000).default(500) }),
    z.array(ContainmentEntry),
  ),
  'containment:clear': call(z.void(), z.void()),
  /** New or repeated entries, at most four times a second. */
  'containment:recorded': event(z.array(ContainmentEntry)),
  'containment:cleared': event(z.void()),

  /** Three well-behaved machines and the rogues, created, started and shown side by side. */
  'demonstration:start': call(z.void(), Demonstration),
  /** Powers them off and removes them. */
  'demonstration:stop': call(z.void(), Demonstration),
  'demonstration:get': call(z.void(), Demonstration),
  'demonstration:changed': event(Demonstration),
} as const;
