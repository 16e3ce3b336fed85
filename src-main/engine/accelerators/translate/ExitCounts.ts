import { EXIT_KINDS, type ExitKind, type ExitObserver, type ProcessorBus } from '../../VirtualProcessor.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { STATE } from '../../state/layout.ts';

/** Where each kind of exit is counted, in the state. */
const COUNTERS = Object.fromEntries(EXIT_KINDS.map((kind, index) => [kind, STATE.exitCounts + 8 * index])) as Readonly<
  Record<ExitKind, number>
>;

/** Counts intercepted events, where any thread can read the counts. */
export class ExitCounts {
  private readonly state: CpuState;
  observer: ExitObserver | undefined;

  constructor(state: CpuState) {
    this.state = state;
  }

  count(kind: ExitKind, times = 1, detail = -1): void {
    const at = COUNTERS[kind];
    this.state.setFloat64(at, this.state.getFloat64(at) + times);
    this.observer?.(kind, times, detail);
  }

  clear(): void {
    for (const kind of EXIT_KINDS) this.state.setFloat64(COUNTERS[kind], 0);
    this.state.setFloat64(STATE.pageFaults, 0);
  }

  /** The bus as the MMU reaches it: each access of a device in memory is an exit. */
  counted(bus: ProcessorBus): ProcessorBus {
    return {
      portRead: (port, width) => bus.portRead(port, width),
      portWrite: (port, width, value) => bus.portWrite(port, width, value),
      mmioRead: (address, width) => {
        this.count('mmio', 1, address);
        return bus.mmioRead(address, width);
      },
      mmioWrite: (address, width, value) => {
        this.count('mmio', 1, address);
        bus.mmioWrite(address, width, value);
      },
    };
  }
}
