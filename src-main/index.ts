import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { runDesktop } from './desktop/runDesktop.ts';

runDesktop({
  preload: path.join(__dirname, '../preload/index.cjs'),
  rendererFolder: path.join(__dirname, '../renderer'),
  packageLists: ['main', 'preload', 'renderer'].map((part) => path.join(__dirname, '..', part, 'packages.json')),
  cast: {
    residents: ['primes', 'life', 'tasks'],
    rogues: ['rogue-memory', 'rogue-ports', 'rogue-ring3', 'rogue-spin', 'rogue-triple'],
  },
  async loadSamples() {
    const { BundledSamples } = await import('./control/files/BundledSamples.ts');
    return new BundledSamples();
  },
  async openHypervisor(folder, onInternalError) {
    const { Hypervisor } = await import('./hypervisor/Hypervisor.ts');
    await turn();
    const { compileThreadedModule } = await import('./hypervisor/threadedModule.ts');
    const { stepOverEnd } = await import('./debug/StepOver.ts');
    const threadEntry = path.join(__dirname, 'vcpuThread.cjs');
    return Hypervisor.open({
      folder,
      threadEntry,
      handlers: await compileThreadedModule(),
      stepOverEnd,
      keepsSpareThread: true,
      onInternalError,
    });
  },
});
