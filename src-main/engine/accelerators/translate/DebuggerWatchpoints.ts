import type { AccessWatch } from '../../mmu/Mmu.ts';
import type { Watchpoint, WatchpointHit } from '../../VirtualProcessor.ts';

/**
 * The debugger's watchpoints: any number, of any length. The guest's debug registers know nothing of them. As with its
 * own data breakpoints, pages without one cost nothing.
 */
export class DebuggerWatchpoints implements AccessWatch {
  private all: readonly Watchpoint[] = [];
  /** One of each watchpoint. */
  private met: readonly WatchpointHit[] = [];

  set(watchpoints: readonly Watchpoint[]): void {
    this.all = watchpoints.filter(({ byteLength }) => byteLength > 0);
    this.met = [];
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** The first access of the present instruction, or of the event that was just delivered, that met one; a write before a read. */
  get hit(): WatchpointHit | undefined {
    if (this.met.length === 0) return undefined;
    return this.met.find(({ access }) => access === 'write') ?? this.met[0];
  }

  /** All that they have met. */
  get hits(): readonly WatchpointHit[] {
    return this.met;
  }

  /** The instruction has faulted and will be executed again, or its hit has been told. */
  forgetHit(): void {
    this.met = [];
  }

  covers(linearPage: number): boolean {
    return this.all.some((watchpoint) => overlap(watchpoint, linearPage * 0x1000, 0x1000) !== undefined);
  }

  onRead(linear: number, byteLength: number): void {
    this.onAccess('read', linear, byteLength);
  }

  onWrite(linear: number, byteLength: number): void {
    this.onAccess('write', linear, byteLength);
  }

  private onAccess(access: 'read' | 'write', linear: number, byteLength: number): void {
    for (const watchpoint of this.all) {
      if (watchpoint.access !== access && watchpoint.access !== 'any') continue;
      const linearAddress = overlap(watchpoint, linear >>> 0, byteLength);
      if (linearAddress === undefined) continue;
      const former = this.met.find((each) => each.watchpoint === watchpoint);
      // A write may be told after the read of the same instruction, and says more.
      if (former !== undefined && (former.access === 'write' || access === 'read')) continue;
      this.met = [...this.met.filter((each) => each !== former), { watchpoint, linearAddress, access }];
    }
  }
}

/** First byte that a watchpoint and an access share; neither wraps around. */
function overlap({ linearAddress, byteLength }: Watchpoint, from: number, length: number): number | undefined {
  const first = Math.max(linearAddress, from);
  return first < Math.min(linearAddress + byteLength, from + length) ? first : undefined;
}

/** Those who watch data accesses, as one; undefined when nobody does. */
export function watchOfAll(watches: readonly (AccessWatch | undefined)[]): AccessWatch | undefined {
  const present = watches.filter((watch) => watch !== undefined);
  if (present.length <= 1) return present[0];
  return {
    covers: (linearPage) => present.some((watch) => watch.covers(linearPage)),
    onRead: (linear, byteLength) => present.forEach((watch) => watch.onRead(linear, byteLength)),
    onWrite: (linear, byteLength) => present.forEach((watch) => watch.onWrite(linear, byteLength)),
  };
}
