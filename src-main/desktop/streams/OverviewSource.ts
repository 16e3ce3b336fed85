import {
  OVERVIEW_FIELDS,
  type OverviewFrame,
  type Thumbnail,
} from '../../../src-preload/contract/layouts/OverviewFrame.ts';
import type { TextScreenFrame } from '../../../src-preload/contract/layouts/ScreenFrame.ts';
import type {
  Disposer,
  HypervisorService,
  HypervisorStatistics,
  TextScreen,
  VmId,
  VmStatistics,
} from '../../hypervisor/types.ts';
import { copyScreen, sameScreen } from './MachineViewSource.ts';
import type { StreamSource } from './StreamSource.ts';

/** All machines at a glance. */
export class OverviewSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly withThumbnails: boolean;
  private readonly unsubscribe: Disposer;
  private statistics: HypervisorStatistics;
  private isFresh = true;
  private readonly shown = new Map<VmId, TextScreen | null>();

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
  }

  private changedScreens(): Thumbnail[] {
    const changed: Thumbnail[] = [];
    const present = new Set<VmId>();
    for (const { id } of this.hypervisor.list()) {
      present.add(id);
      const screen = copyScreen(this.hypervisor.screen(id));
      if (sameScreen(screen, this.shown.get(id))) continue;
      this.shown.set(id, screen);
      // Thumbnails are text screens for now: there is no graphics mode yet.
      changed.push({ id, screen: screen && ({ mode: 'text', ...screen } satisfies TextScreenFrame) });
    }
    for (const id of this.shown.keys()) if (!present.has(id)) this.shown.delete(id);
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
