import { z } from 'zod';
import { stream } from './Channel.ts';
import type { HistoryFrame } from './layouts/HistoryFrame.ts';
import type { IsolationFrame } from './layouts/IsolationFrame.ts';
import type { MachineViewFrame } from './layouts/MachineViewFrame.ts';
import type { OverviewFrame } from './layouts/OverviewFrame.ts';
import type { ScheduleFrame } from './layouts/ScheduleFrame.ts';
import type { SoundFrame } from './layouts/SoundFrame.ts';
import { VmId } from './machines.ts';

export const MachineViewPart = z.enum(['vcpus', 'screen', 'serial', 'console', 'exits', 'devices']);
export type MachineViewPart = z.infer<typeof MachineViewPart>;

/** Milliseconds that lie between two frames at the least; 16 is 60 Hz. */
const IntervalMs = z.number().int().min(16).max(5000);

/**
 * Flow control is the same for all: main sends no frame while two are not yet acknowledged, and none
 * while the view said that it is hidden. `BridgeClient` does both.
 */
export const streamContract = {
  'stream:machine': stream<MachineViewFrame>()(
    z.object({ id: VmId, parts: z.array(MachineViewPart).min(1), intervalMs: IntervalMs.default(16) }),
  ),
  'stream:overview': stream<OverviewFrame>()(
    z.object({ thumbnails: z.boolean().default(true), intervalMs: IntervalMs.default(250) }),
  ),
  'stream:isolation': stream<IsolationFrame>()(z.object({ intervalMs: IntervalMs.default(250) })),
  /** Goes on while the window is hidden. */
  'stream:sound': stream<SoundFrame>()(z.object({ intervalMs: IntervalMs.default(20) })),
  'stream:history': stream<HistoryFrame>()(z.object({ intervalMs: IntervalMs.default(250) })),
  'stream:schedule': stream<ScheduleFrame>()(z.object({ intervalMs: IntervalMs.default(100) })),
} as const;

/** What main puts on a stream's port. */
export type StreamDown<Frame = unknown> =
  | { readonly kind: 'frame'; readonly sequence: number; readonly frame: Frame }
  /** No more will come: the machine is gone. */
  | { readonly kind: 'end' };

/** What a view puts on its stream's port. */
export const StreamUp = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ack'), sequence: z.number().int() }),
  z.object({ kind: z.literal('visible'), visible: z.boolean() }),
  z.object({ kind: z.literal('close') }),
]);
export type StreamUp = z.infer<typeof StreamUp>;
