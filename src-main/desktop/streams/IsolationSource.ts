import type { IsolationFrame } from '../../../src-preload/contract/layouts/IsolationFrame.ts';
import type { Disposer, HypervisorService, IsolationSample } from '../../hypervisor/types.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';

/** Every machine's memory and shares, side by side. */
export class IsolationSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly disposers: readonly Disposer[];
  private sample: IsolationSample | null = null;

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    this.disposers = [
      hypervisor.on('isolation', (sample) => (this.sample = sample)),
      // Statistics are sampled only while somebody listens.
      hypervisor.on('statistics', () => undefined),
    ];
  }

  next(): IsolationFrame | null {
    if (!this.sample) return null;
    const { at, activity, integrity } = this.sample;
    this.sample = null;
    const machines = this.hypervisor.statistics().vms.map((vm) => {
      const map = activity.find(({ vmId }) => vmId === vm.vmId);
      const evidence = integrity.find(({ vmId }) => vmId === vm.vmId);
      return {
        id: vm.vmId,
        activity: map ? { cellBytes: map.cellBytes, heat: map.heat, code: map.code } : null,
        integrity: evidence
          ? {
              digest: evidence.digest,
              pageCount: evidence.pageCount,
              guardedPages: evidence.guardedPages,
              passes: evidence.passes,
              foreignWrites: evidence.foreignWrites,
              exactDigest: evidence.exactDigest,
            }
          : null,
        receivedShare: vm.receivedShare,
        entitledShare: vm.entitledShare,
        contained: vm.containmentCount,
      };
    });
    return { atMs: at, machines };
  }

  restart(): void {
    // Every frame is whole.
  }

  dispose(): void {
    for (const dispose of this.disposers) dispose();
  }
}
