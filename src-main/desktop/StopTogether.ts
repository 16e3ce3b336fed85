import type { HypervisorService } from '../hypervisor/types.ts';

/** While its user wants that, a machine that stops at a breakpoint, or for its debugger, stops all others too. */
export function stopTogether(hypervisor: HypervisorService, isWanted: () => boolean): void {
  hypervisor.on('vm-state', ({ id, to }) => {
    const reason = to === 'paused' ? hypervisor.get(id)?.pauseReason?.kind : undefined;
    if ((reason !== 'breakpoint' && reason !== 'debugger') || !isWanted()) return;
    for (const other of hypervisor.list())
      // One that has stopped meanwhile refuses, which is as good.
      if (other.id !== id && other.state === 'running') void hypervisor.pause(other.id);
  });
}
