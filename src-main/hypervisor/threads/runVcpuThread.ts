import { type MessagePort, parentPort } from 'node:worker_threads';
import type { DebugSessionFactory } from '../../machine/debugging/DebuggedMachine.ts';
import type { TraceFactory } from '../../machine/tracing/MachineTrace.ts';
import { Scheduler } from '../scheduler/Scheduler.ts';
import { SnapshotError } from '../../machine/snapshot.ts';
import { NetworkSocket } from './NetworkSocket.ts';
import { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadData, ThreadMessage } from './protocol.ts';
import { DriveRefusal, type LoadedPages, type ThreadMachine, type ThreadMachineFactory } from './ThreadMachine.ts';
import { VcpuLoop } from './VcpuLoop.ts';

/** What looks into machines, handed in: the thread knows how to run one alone. */
export interface ThreadTools {
  /** How debuggers speak. */
  readonly openDebugger?: DebugSessionFactory;
  readonly openTrace?: TraceFactory;
}

/** The whole of a vCPU's thread, with the machine that `create` makes, once main has said which. */
export function runVcpuThread(create: ThreadMachineFactory, tools: ThreadTools = {}): void {
  if (parentPort === null) throw new Error('a vCPU runs in a worker thread');
  const port = parentPort;
  // Main sends nothing else first. Nobody listens afterwards: a thread without a machine ends.
  port.once('message', (data: ThreadData) => runMachine(port, data, create, tools));
}

/** Returns only when there is no machine to run. */
function runMachine(port: MessagePort, data: ThreadData, create: ThreadMachineFactory, tools: ThreadTools): void {
  const post = (message: ThreadMessage): void => port.postMessage(message);
  const output = new OutputBatcher(port, data.batches);
  const network = new NetworkSocket();
  let machine: ThreadMachine;
  try {
    machine = create(data.definition, {
      serial: (serialPort, byte) => output.serial(serialPort, byte),
      console: (bytes) => output.console(bytes),
      sound: (samples) => output.sound(samples),
      frame: (bytes) => network.send(bytes),
      driveProblem: (slot, message) => output.happen({ kind: 'drive-problem', slot, message }),
    });
  } catch (error) {
    // What the engine throws here is that the host refuses so much memory.
    const reason = error instanceof DriveRefusal ? 'drive' : 'memory';
    post({ kind: 'refused', reason, message: error instanceof Error ? error.message : String(error) });
    return;
  }
  const { program, snapshot } = data.definition;
  const loaded = machine.load(program);
  if (!loaded.ok) {
    post({ kind: 'refused', reason: 'program', message: loaded.message });
    return;
  }
  let pages: LoadedPages;
  try {
    pages = snapshot === null ? machine.reset() : machine.restore(snapshot, []);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    post({ kind: 'refused', reason: 'snapshot', message: error.message });
    return;
  }
  output.attach(machine);
  const scheduler = new Scheduler(data.scheduler, data.incarnation);
  const slot = scheduler.state.slot(data.slot);
  post({ kind: 'ready', views: machine.views, summary: loaded.summary, loaded: pages });
  new VcpuLoop({ machine, scheduler, slot, port, output, network, ...tools }).runForever();
}
