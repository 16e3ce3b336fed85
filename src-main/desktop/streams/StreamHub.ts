import type { ParsedStreamParameters, StreamName } from '../../../src-preload/contract/contract.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import { HistorySource } from './HistorySource.ts';
import { IsolationSource } from './IsolationSource.ts';
import { MachineViewSource } from '../../control/streams/MachineViewSource.ts';
import { OverviewSource } from './OverviewSource.ts';
import { PerformanceHistory } from './PerformanceHistory.ts';
import { ScheduleSource } from './ScheduleSource.ts';
import { SoundSource } from './SoundSource.ts';
import { StreamPort, type Port } from '../../control/streams/StreamPort.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';

export type StreamRequest = {
  [Name in StreamName]: { readonly name: Name; readonly parameters: ParsedStreamParameters<Name> };
}[StreamName];

/** All streams that are open; each ends with its view, its machine or its page. */
export class StreamHub {
  private readonly hypervisor: HypervisorService;
  private readonly isWindowVisible: () => boolean;
  private readonly history: PerformanceHistory;
  private readonly ports = new Set<StreamPort>();

  constructor(hypervisor: HypervisorService, isWindowVisible: () => boolean) {
    this.hypervisor = hypervisor;
    this.isWindowVisible = isWindowVisible;
    this.history = new PerformanceHistory(hypervisor);
  }

  get size(): number {
    return this.ports.size;
  }

  open(request: StreamRequest, port: Port): Outcome<void> {
    if (request.name === 'stream:machine' && !this.hypervisor.get(request.parameters.id)) {
      return refuse('machine-not-found', 'That machine no longer exists.');
    }
    const stream: StreamPort = new StreamPort(
      port,
      this.makeSource(request),
      request.parameters.intervalMs,
      // A window that nobody sees is heard.
      request.name === 'stream:sound' ? () => true : this.isWindowVisible,
      () => this.ports.delete(stream),
    );
    this.ports.add(stream);
    return succeed(undefined);
  }

  closeAll(): void {
    for (const stream of [...this.ports]) stream.close();
  }

  private makeSource(request: StreamRequest): StreamSource {
    switch (request.name) {
      case 'stream:machine':
        return new MachineViewSource(this.hypervisor, request.parameters.id, request.parameters.parts);
      case 'stream:overview':
        return new OverviewSource(this.hypervisor, request.parameters.thumbnails);
      case 'stream:isolation':
        return new IsolationSource(this.hypervisor);
      case 'stream:history':
        return new HistorySource(this.history);
      case 'stream:schedule':
        return new ScheduleSource(this.hypervisor);
      case 'stream:sound':
        return new SoundSource(this.hypervisor);
    }
  }
}
