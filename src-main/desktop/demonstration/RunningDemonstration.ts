import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Demonstration } from '../../../src-preload/contract/observation.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { VmId } from '../../hypervisor/types.ts';
import { succeed } from '../../control/outcomes.ts';
import type { VmRole } from '../../control/summaries.ts';

/** What the demonstration needs of the machines. */
export interface DemonstrationMachines {
  create(settings: { name: string; memoryMiB: number }, sampleId: string): Promise<Outcome<VmSummary>>;
  start(id: VmId): Promise<Outcome<VmSummary>>;
  delete(id: VmId): Promise<Outcome<void>>;
}

/** Samples by their ids; a machine is named for its sample. */
export interface DemonstrationCast {
  readonly residents: readonly string[];
  readonly rogues: readonly string[];
}

const MEMORY_MIB = 4;

/** Three well-behaved machines and the rogues, side by side. */
export class RunningDemonstration {
  private readonly machines: DemonstrationMachines;
  private readonly cast: DemonstrationCast;
  private readonly onChange: (demonstration: Demonstration) => void;
  private state: Demonstration = { state: 'off', residents: [], rogues: [] };
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    machines: DemonstrationMachines,
    cast: DemonstrationCast,
    onChange: (demonstration: Demonstration) => void,
  ) {
    this.machines = machines;
    this.cast = cast;
    this.onChange = onChange;
  }

  get current(): Demonstration {
    return this.state;
  }

  roleOf(id: VmId): VmRole {
    if (this.state.residents.includes(id)) return 'resident';
    return this.state.rogues.includes(id) ? 'rogue' : 'none';
  }

  start(): Promise<Outcome<Demonstration>> {
    return this.inTurn(async () => {
      if (this.state.state === 'running') return succeed(this.state);
      this.change({ state: 'starting', residents: [], rogues: [] });
      for (const role of ['residents', 'rogues'] as const) {
        for (const sampleId of this.cast[role]) {
          const created = await this.machines.create({ name: sampleId, memoryMiB: MEMORY_MIB }, sampleId);
          if (!created.ok) return this.giveUp(created);
          // Known by its role before it runs.
          this.change({ ...this.state, [role]: [...this.state[role], created.value.id] });
        }
      }
      // All at once: a busy machine would hold up the threads of those that start after it.
      const ids = [...this.state.residents, ...this.state.rogues];
      for (const started of await Promise.all(ids.map((id) => this.machines.start(id)))) {
        if (!started.ok) return this.giveUp(started);
      }
      this.change({ ...this.state, state: 'running' });
      return succeed(this.state);
    });
  }

  stop(): Promise<Outcome<Demonstration>> {
    return this.inTurn(async () => {
      await this.remove();
      return succeed(this.state);
    });
  }

  /** The user deleted one of them. */
  forget(id: VmId): void {
    if (this.roleOf(id) === 'none') return;
    const without = (ids: readonly VmId[]): VmId[] => ids.filter((other) => other !== id);
    this.change({ ...this.state, residents: without(this.state.residents), rogues: without(this.state.rogues) });
  }

  private async giveUp(outcome: Outcome<never>): Promise<Outcome<Demonstration>> {
    await this.remove();
    return outcome;
  }

  private async remove(): Promise<void> {
    this.change({ ...this.state, state: 'stopping' });
    for (const id of [...this.state.rogues, ...this.state.residents]) await this.machines.delete(id);
    this.change({ state: 'off', residents: [], rogues: [] });
  }

  private change(next: Demonstration): void {
    this.state = next;
    this.onChange(next);
  }

  /** A second request waits for the first one's end. */
  private inTurn<Value>(action: () => Promise<Value>): Promise<Value> {
    const result = this.work.then(action);
    this.work = result.catch(() => undefined);
    return result;
  }
}
