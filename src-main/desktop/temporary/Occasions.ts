import type { Demonstration } from '../../../src-preload/contract/observation.ts';
import type { VmRole } from '../../control/summaries.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import type { Settings } from '../settings/Settings.ts';
import { RunningDemonstration, type DemonstrationCast } from './RunningDemonstration.ts';
import { TemporaryMachines, type MachineMaker } from './TemporaryMachines.ts';

export interface OccasionsParts {
  readonly hypervisor: HypervisorService;
  readonly maker: MachineMaker;
  readonly cast: DemonstrationCast;
  /** The machines that are there for an occasion, kept for the next start. */
  readonly kept: Settings['temporary'];
  onDemonstration(demonstration: Demonstration): void;
  /** Machines play other parts than before. */
  onChanged(): void;
}

/** The demonstration, and the machines of a tour: who plays which part, and that none is left over. */
export class Occasions {
  readonly demonstration: RunningDemonstration;
  readonly tour: TemporaryMachines<string>;
  private readonly parts: OccasionsParts;

  constructor(parts: OccasionsParts) {
    this.parts = parts;
    this.demonstration = new RunningDemonstration(parts.maker, parts.cast, (demonstration) => {
      parts.onDemonstration(demonstration);
      this.onChanged();
    });
    this.tour = new TemporaryMachines(parts.maker, () => this.onChanged());
    parts.hypervisor.on('vm-removed', ({ id }) => {
      this.demonstration.forget(id);
      this.tour.forget(id);
    });
  }

  roleOf(id: VmId): VmRole {
    return this.demonstration.roleOf(id) ?? (this.tour.partOf(id) === undefined ? 'none' : 'tour');
  }

  /** The machines of a demonstration or a tour whose app was killed are nobody's. */
  async clearOld(): Promise<void> {
    const { hypervisor, kept, maker } = this.parts;
    for (const id of kept.value) if (hypervisor.get(id)) await maker.delete(id);
    kept.set([]);
  }

  async end(): Promise<void> {
    await Promise.all([this.demonstration.stop(), this.tour.clear()]);
  }

  private onChanged(): void {
    const { kept } = this.parts;
    const { residents, rogues } = this.demonstration.current;
    kept.set([...residents, ...rogues, ...this.tour.current.machines.map(({ id }) => id)]);
    void kept.flush();
    this.parts.onChanged();
  }
}
