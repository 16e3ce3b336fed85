import {
  OVERVIEW_FIELDS,
  type OverviewFrame,
  type Thumbnail,
} from '../../../src-preload/contract/layouts/OverviewFrame.ts';
import type { Disposer, HypervisorService, HypervisorStatistics, VmId, VmStatistics } from '../../hypervisor/types.ts';
import { makeThumbnail } from '../screen/thumbnail.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';

/** Looks at each screen for changes, per second. */
const THUMBNAIL_RATE = 4;

/** All machines at a glance. */
export class OverviewSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly withThumbnails: boolean;
  private readonly unsubscribe: Disposer;
  private statistics: HypervisorStatistics;
  private isFresh = true;
  /** Revisions of the screens that were sent last. */
  private readonly shown = new Map<VmId, number>();
  private readonly watches = new Map<VmId, Disposer>();

  constructor(hypervisor: HypervisorService, withThumbnails: boolean) {
    this.hypervisor = hypervisor;
    this.withThumbnails = withThumbnails;
    this.statistics = hypervisor.statistics();
    this.unsubscribe = hypervisor.on('statistics', (statistics) => {
      this.statistics = statistics;
      this.isFresh = true;
    });
  }

  next(): OverviewFrame | null {
    const thumbnails = this.withThumbnails ? this.changedScreens() : [];
    if (!this.isFresh && thumbnails.length === 0) return null;
    this.isFresh = false;
    const { at, pcpuCount, load, vms: sampled } = this.statistics;
    // Every machine has a row, also one that is newer than the latest sample.
    const vms = this.hypervisor.list().map(({ id }) => id);
    const rows = new Float64Array(vms.length * OVERVIEW_FIELDS.length);
    vms.forEach((id, index) => {
      const vm = sampled.find(({ vmId }) => vmId === id);
      if (vm) rows.set(overviewRow(vm), index * OVERVIEW_FIELDS.length);
    });
    return { atMs: at, pcpuCount, load, vms, rows, thumbnails };
  }

  restart(): void {
    this.shown.clear();
    this.isFresh = true;
  }

  dispose(): void {
    this.unsubscribe();
    for (const stop of this.watches.values()) stop();
  }

  private changedScreens(): Thumbnail[] {
    const changed: Thumbnail[] = [];
    const present = new Set<VmId>();
    for (const { id } of this.hypervisor.list()) {
      present.add(id);
      if (!this.watches.has(id)) this.watches.set(id, this.hypervisor.console.watchScreen(id, THUMBNAIL_RATE));
      const revision = this.hypervisor.console.screenRevision(id);
      if (revision === this.shown.get(id)) continue;
      this.shown.set(id, revision);
      const screen = this.hypervisor.console.screen(id);
      changed.push({ id, picture: screen ? makeThumbnail(screen) : null });
    }
    for (const id of this.watches.keys()) {
      if (present.has(id)) continue;
      this.watches.delete(id);
      this.shown.delete(id);
    }
    return changed;
  }
}

function overviewRow(vm: VmStatistics): number[] {
  let exitsPerSecond = 0;
  for (const rate of Object.values(vm.exitRates)) exitsPerSecond += rate;
  const values = {
    receivedShare: vm.receivedShare,
    entitledShare: vm.entitledShare,
    mips: vm.mips,
    instructions: vm.retiredInstructions,
    exitsPerSecond,
    contained: vm.containmentCount,
  };
  return OVERVIEW_FIELDS.map((field) => values[field]);
}
