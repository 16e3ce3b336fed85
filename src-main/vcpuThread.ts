/** The script of a vCPU's thread, put together as `index.ts` puts the app together. */
import { workerData } from 'node:worker_threads';
import { EventTrace } from './debug/EventTrace.ts';
import { GdbSession } from './debug/gdb/GdbSession.ts';
import { MachineDebugger } from './debug/gdb/MachineDebugger.ts';
import { CompiledHandlers } from './engine/accelerators/translate/index.ts';
import type { ThreadStart } from './hypervisor/threads/protocol.ts';
import type { ThreadMachineFactory } from './hypervisor/threads/ThreadMachine.ts';
import { rehearse } from './hypervisor/threads/rehearse.ts';
import { runVcpuThread } from './hypervisor/threads/runVcpuThread.ts';
import { TranslatedThreadMachine } from './hypervisor/threads/TranslatedThreadMachine.ts';

const { handlers, isSpare } = workerData as ThreadStart; // Main starts this thread with nothing else.
// Before it is known for which machine: that may take its time.
const compiled = handlers && new CompiledHandlers(handlers);

const create: ThreadMachineFactory = (definition, sinks) => {
  if (compiled === null) throw new Error('the threaded tier’s handlers are missing');
  return new TranslatedThreadMachine(definition, sinks, compiled);
};
if (isSpare) rehearse(create);
runVcpuThread(create, {
  openDebugger: (machine, link) => new GdbSession(new MachineDebugger(machine), link),
  openTrace: (machine, choice, write) => new EventTrace(machine, choice, write),
});
