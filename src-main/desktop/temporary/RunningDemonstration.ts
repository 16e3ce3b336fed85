import type { Demonstration } from '../../../src-preload/contract/observation.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { VmId } from '../../hypervisor/types.ts';
import { succeed } from '../../control/outcomes.ts';
import { TemporaryMachines, type MachineMaker, type TemporaryState } from './TemporaryMachines.ts';

/** Samples by their ids; a machine is named for its sample. */
export interface DemonstrationCast {
  readonly residents: readonly string[];
  readonly rogues: readonly string[];
}

type DemonstrationPart = 'resident' | 'rogue';

const MEMORY_MIB = 4;

/** Three well-behaved machines and the rogues, side by side. */
export class RunningDemonstration {
  private readonly machines: TemporaryMachines<DemonstrationPart>;
  private readonly cast: DemonstrationCast;

  constructor(maker: MachineMaker, cast: DemonstrationCast, onChange: (demonstration: Demonstration) => void) {
    this.machines = new TemporaryMachines(maker, (state) => onChange(toDemonstration(state)));
    this.cast = cast;
  }

  get current(): Demonstration {
    return toDemonstration(this.machines.current);
  }

  roleOf(id: VmId): DemonstrationPart | undefined {
    return this.machines.partOf(id);
  }

  async start(): Promise<Outcome<Demonstration>> {
    const wanted = (part: DemonstrationPart) => (sampleId: string) => ({
      part,
      sampleId,
      settings: { name: sampleId, memoryMiB: MEMORY_MIB },
    });
    const { residents, rogues } = this.cast;
    const made = await this.machines.make([...residents.map(wanted('resident')), ...rogues.map(wanted('rogue'))], {
      start: true,
      replace: false,
    });
    return made.ok ? succeed(this.current) : made;
  }

  async stop(): Promise<Outcome<Demonstration>> {
    await this.machines.clear();
    return succeed(this.current);
  }

  /** The user deleted one of them. */
  forget(id: VmId): void {
    this.machines.forget(id);
  }
}

function toDemonstration({ state, machines }: TemporaryState<DemonstrationPart>): Demonstration {
  const ids = (part: DemonstrationPart): VmId[] => machines.filter((each) => each.part === part).map(({ id }) => id);
  return { state, residents: ids('resident'), rogues: ids('rogue') };
}
