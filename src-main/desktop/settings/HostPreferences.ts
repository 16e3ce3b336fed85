import type { HypervisorService } from '../../hypervisor/types.ts';
import type { Settings } from './Settings.ts';

/** What preferences say of the host's processors and memory, as the hypervisor has it. */
export class HostPreferences {
  private readonly hypervisor: HypervisorService;
  private readonly preferences: Settings['preferences'];
  /** As it found them: all of the host's. */
  private readonly usualPcpuCount: number;

  constructor(hypervisor: HypervisorService, preferences: Settings['preferences']) {
    this.hypervisor = hypervisor;
    this.preferences = preferences;
    this.usualPcpuCount = hypervisor.schedulerSettings().pcpuCount;
  }

  apply(): void {
    const { hypervisor } = this;
    const { pcpuCount, sliceMs, memoryLimitMiB } = this.preferences.value;
    hypervisor.setMemoryLimit(memoryLimitMiB);
    const present = hypervisor.schedulerSettings();
    const wanted = pcpuCount ?? this.usualPcpuCount;
    if (present.pcpuCount !== wanted) hypervisor.setSchedulerSettings({ pcpuCount: wanted });
    if (present.sliceMs !== sliceMs) hypervisor.setSchedulerSettings({ sliceMs });
  }
}
