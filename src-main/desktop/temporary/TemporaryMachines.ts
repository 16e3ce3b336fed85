import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { UpdateVmRequest, VmId } from '../../hypervisor/types.ts';
import { succeed } from '../../control/outcomes.ts';

/** What making and removing machines takes. */
export interface MachineMaker {
  create(settings: UpdateVmRequest, sampleId: string): Promise<Outcome<VmSummary>>;
  start(id: VmId): Promise<Outcome<VmSummary>>;
  delete(id: VmId): Promise<Outcome<void>>;
}

export interface TemporaryMachine<Part extends string> {
  readonly part: Part;
  readonly id: VmId;
}

export interface Wanted<Part extends string> {
  readonly part: Part;
  readonly sampleId: string;
  readonly settings: UpdateVmRequest;
}

export interface TemporaryState<Part extends string> {
  readonly state: 'off' | 'starting' | 'running' | 'stopping';
  readonly machines: readonly TemporaryMachine<Part>[];
}

/** Machines that are made for an occasion, each to play its part, and removed at its end: nobody would miss them. */
export class TemporaryMachines<Part extends string> {
  private readonly maker: MachineMaker;
  private readonly onChange: (state: TemporaryState<Part>) => void;
  private state: TemporaryState<Part> = { state: 'off', machines: [] };
  private work: Promise<unknown> = Promise.resolve();

  constructor(maker: MachineMaker, onChange: (state: TemporaryState<Part>) => void) {
    this.maker = maker;
    this.onChange = onChange;
  }

  get current(): TemporaryState<Part> {
    return this.state;
  }

  partOf(id: VmId): Part | undefined {
    return this.state.machines.find((machine) => machine.id === id)?.part;
  }

  /** Makes them, all or none, and starts them if that is asked for. Those that are there stay instead, or are replaced. */
  make(
    wanted: readonly Wanted<Part>[],
    { start, replace }: { readonly start: boolean; readonly replace: boolean },
  ): Promise<Outcome<void>> {
    return this.inTurn(async () => {
      if (this.state.state === 'running') {
        if (!replace) return succeed(undefined);
        await this.remove();
      }
      this.change({ state: 'starting', machines: [] });
      for (const { part, sampleId, settings } of wanted) {
        const created = await this.maker.create(settings, sampleId);
        if (!created.ok) return this.giveUp(created);
        // Known by its part before it runs.
        this.change({ ...this.state, machines: [...this.state.machines, { part, id: created.value.id }] });
      }
      if (start) {
        // All at once: a busy machine would hold up the threads of those that start after it.
        for (const started of await Promise.all(this.state.machines.map(({ id }) => this.maker.start(id)))) {
          if (!started.ok) return this.giveUp(started);
        }
      }
      this.change({ ...this.state, state: 'running' });
      return succeed(undefined);
    });
  }

  clear(): Promise<void> {
    return this.inTurn(async () => {
      if (this.state.state !== 'off') await this.remove();
    });
  }

  /** The user deleted one of them. */
  forget(id: VmId): void {
    if (this.partOf(id) === undefined) return;
    this.change({ ...this.state, machines: this.state.machines.filter((machine) => machine.id !== id) });
  }

  private async giveUp(outcome: Outcome<never>): Promise<Outcome<void>> {
    await this.remove();
    return outcome;
  }

  private async remove(): Promise<void> {
    this.change({ ...this.state, state: 'stopping' });
    // The last one made goes first.
    for (const { id } of this.state.machines.toReversed()) await this.maker.delete(id);
    this.change({ state: 'off', machines: [] });
  }

  private change(next: TemporaryState<Part>): void {
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
