import type { ContainmentEntry } from './containment.ts';
import type { VmId } from './definition.ts';
import type { IsolationSample } from './isolation.ts';
import type { DriveProblem, VmState, VmSummary } from './lifeCycle.ts';
import type { SchedulerSettings } from './schedule.ts';
import type { VmSnapshots } from './snapshots.ts';
import type { HypervisorStatistics } from './statistics.ts';
import type { VmTrace } from './traces.ts';
import type { SerialOutput } from './views.ts';

export type StoreProblem = {
  readonly kind: 'set-aside' | 'write-failed';
  /** What happened and where the data lies now. */
  readonly message: string;
  readonly path: string;
};

export interface HypervisorEvents {
  'vm-added': VmSummary;
  /** Definition, state, activity or pause reason changed. */
  'vm-changed': VmSummary;
  'vm-removed': { readonly id: VmId };
  /** Snapshots were taken, restored, changed or deleted. */
  'snapshots-changed': { readonly id: VmId } & VmSnapshots;
  'vm-state': { readonly id: VmId; readonly from: VmState; readonly to: VmState; readonly at: number };
  /** It is another machine than before, as it was in a snapshot: so is what its serial ports have sent. */
  'vm-restored': { readonly id: VmId };
  'serial-output': SerialOutput;
  /** What a machine gives to hear, while it is not silent: 16-bit samples at `SOUND_RATE_HZ`, left and right in turn. */
  sound: { readonly vmId: VmId; readonly samples: Int16Array };
  /** New entries, and old ones whose count grew; at most ten times a second for each machine. */
  containment: readonly ContainmentEntry[];
  /** Four times a second while anyone listens. */
  statistics: HypervisorStatistics;
  /** Four times a second while anyone listens. */
  isolation: IsolationSample;
  /** It began, has ended, or is larger; of one that goes on at most four times a second. */
  'trace-changed': { readonly id: VmId; readonly trace: VmTrace | null };
  'scheduler-changed': SchedulerSettings;
  'store-problem': StoreProblem;
  /** The host could not read or write what lies in a drive; the guest got an I/O error. Once until it works again. */
  'drive-problem': DriveProblem & { readonly vmId: VmId };
}
export type HypervisorEventName = keyof HypervisorEvents;

/** Takes a subscription back; calling it again does nothing. */
export type Disposer = () => void;
