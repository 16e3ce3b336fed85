import path from 'node:path';
import { stepOverEnd } from './debug/StepOver.ts';
import { BundledSamples } from './control/files/BundledSamples.ts';
import { runDesktop } from './desktop/runDesktop.ts';
import { Hypervisor } from './hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from './hypervisor/threadedHandlers.ts';

runDesktop({
  preload: path.join(__dirname, '../preload/index.cjs'),
  rendererFolder: path.join(__dirname, '../renderer'),
  packageLists: ['main', 'preload', 'renderer'].map((part) => path.join(__dirname, '..', part, 'packages.json')),
  samples: new BundledSamples(),
  cast: {
    residents: ['primes', 'life', 'tasks'],
    rogues: ['rogue-memory', 'rogue-ports', 'rogue-ring3', 'rogue-spin', 'rogue-triple'],
  },
  async openHypervisor(folder, onInternalError) {
    const { module } = await compileThreadedHandlers();
    const threadEntry = path.join(__dirname, 'vcpuThread.cjs');
    return Hypervisor.open({
      folder,
      threadEntry,
      handlers: module,
      stepOverEnd,
      keepsSpareThread: true,
      onInternalError,
    });
  },
});
