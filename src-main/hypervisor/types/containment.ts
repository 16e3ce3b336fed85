import type { ContainmentDetail } from '../../machine/containment/ContainmentLog.ts';
import type { VmId } from './definition.ts';
import type { CrashReport } from './lifeCycle.ts';

export const CONTAINMENT_KINDS = [
  /** An access to a physical address where the machine has neither RAM nor a device. */
  'outside-ram',
  /** A privileged instruction above ring 0. */
  'privileged-instruction',
  /** An I/O port that no device of the machine answers. */
  'unknown-port',
  /** Interrupts off and no sign of progress for longer than a spin's limit. */
  'spin',
  'triple-fault',
  /** The vCPU's thread died. */
  'thread-died',
] as const;
export type ContainmentKind = (typeof CONTAINMENT_KINDS)[number];

/** Which mechanism answered the attempt. */
export const CONTAINMENT_MECHANISMS = [
  /** The machine's own map of physical memory has nothing there: reads give all ones, writes are dropped. */
  'physical-memory-map',
  /** The translated code checks the ring before the instruction's effect and delivers #GP into the guest. */
  'privilege-check',
  /** The machine's own bus has no device there. */
  'port-bus',
  /** The scheduler takes the pCPU away at the end of the slice whatever the guest does. */
  'scheduler',
  /** The processor shuts down; the machine stops, nothing else does. */
  'shutdown',
  /** Each vCPU lives in a thread of its own. */
  'thread-boundary',
] as const;
export type ContainmentMechanism = (typeof CONTAINMENT_MECHANISMS)[number];

/**
 * Something a guest tried beyond what it owns. The same attempt repeated is one entry whose `count` grows:
 * a guest that hammers cannot flood the log.
 */
export interface ContainmentEntry {
  /** Grows by one per entry; an entry that is published again keeps it. */
  readonly id: number;
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly kind: ContainmentKind;
  readonly mechanism: ContainmentMechanism;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Physical address (`outside-ram`), port (`unknown-port`), linear address of the instruction (the others); first seen. */
  readonly address: number;
  /** Highest such place of those counted here; equals `address` when there is only one. */
  readonly lastAddress: number;
  readonly access: 'read' | 'write' | 'execute' | null;
  /** Linear address of the instruction last seen trying; -1 when not known. */
  readonly instructionAddress: number;
  /** `crash`: how its thread ended. */
  readonly detail: ContainmentDetail | { readonly id: 'crash'; readonly kind: CrashReport['kind'] } | null;
}
