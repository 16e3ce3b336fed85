/** The script of a vCPU's thread, put together as `index.ts` puts the app together. */
import { workerData } from 'node:worker_threads';
import { GdbSession } from './debug/gdb/GdbSession.ts';
import { MachineDebugger } from './debug/gdb/MachineDebugger.ts';
import type { ThreadData } from './hypervisor/threads/protocol.ts';
import { runVcpuThread } from './hypervisor/threads/runVcpuThread.ts';
import { TranslatedThreadMachine } from './hypervisor/threads/TranslatedThreadMachine.ts';

const { handlers } = workerData as ThreadData; // Main starts this thread with nothing else.

runVcpuThread(
  (definition, sinks) => {
    if (handlers === null) throw new Error('the threaded tier’s handlers are missing');
    return new TranslatedThreadMachine(definition, sinks, handlers);
  },
  (machine, link) => new GdbSession(new MachineDebugger(machine), link),
);
