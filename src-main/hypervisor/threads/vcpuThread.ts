/** The script of a vCPU's thread. */
import { workerData } from 'node:worker_threads';
import type { ThreadData } from './protocol.ts';
import { runVcpuThread } from './runVcpuThread.ts';
import { TranslatedThreadMachine } from './TranslatedThreadMachine.ts';

const { handlers } = workerData as ThreadData; // Main starts this thread with nothing else.

runVcpuThread((definition, sinks) => {
  if (handlers === null) throw new Error('the threaded tier’s handlers are missing');
  return new TranslatedThreadMachine(definition, sinks, handlers);
});
