import { SOUND_RATE_HZ, type SoundFrame } from '../../../src-preload/contract/layouts/SoundFrame.ts';
import type { StreamSource } from '../../control/streams/StreamSource.ts';
import type { Disposer, HypervisorService, VmId } from '../../hypervisor/types.ts';

/** Kept of one machine for a page that is busy, in numbers of both channels: a quarter of a second. */
const WAITING_MOST = SOUND_RATE_HZ / 2;

/** What all machines give to hear. */
export class SoundSource implements StreamSource {
  private readonly waiting = new Map<VmId, Int16Array[]>();
  private readonly unsubscribe: Disposer;

  constructor(hypervisor: HypervisorService) {
    this.unsubscribe = hypervisor.on('sound', ({ vmId, samples }) => {
      const parts = this.waiting.get(vmId) ?? [];
      parts.push(samples);
      // The oldest is lost: what comes late is not wanted.
      while (lengthOf(parts) > WAITING_MOST && parts.length > 1) parts.shift();
      this.waiting.set(vmId, parts);
    });
  }

  next(): SoundFrame | null {
    if (this.waiting.size === 0) return null;
    const machines = [...this.waiting].map(([id, parts]) => ({ id, samples: joined(parts) }));
    this.waiting.clear();
    return { machines };
  }

  restart(): void {
    this.waiting.clear();
  }

  dispose(): void {
    this.unsubscribe();
  }
}

function lengthOf(parts: readonly Int16Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const samples = new Int16Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}
