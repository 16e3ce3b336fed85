import { monotonicNs } from '../scheduler/hostClock.ts';
import type { ThreadMachineDefinition, ThreadMachineFactory, ThreadMachineSinks } from './ThreadMachine.ts';

/** For the BIOS to begin. */
const RUN_NS = 2_000_000;

/** Nothing but a board and its BIOS. */
const MACHINE: ThreadMachineDefinition = {
  profile: 'pc',
  memoryMiB: 2,
  vcpuCount: 1,
  clock: 'host',
  tier: 'threaded',
  macAddress: null,
  adapterModel: null,
  hasConsole: false,
  hasSound: false,
  drives: [],
  bootOrder: null,
  program: null,
  snapshot: null,
};

const UNHEARD: ThreadMachineSinks = {
  driveProblem: () => undefined,
  serial: () => undefined,
  console: () => undefined,
  sound: () => undefined,
  frame: () => undefined,
};

/**
 * Makes a small machine, starts it, takes a snapshot and restores it, and forgets it: V8 compiles functions when they are
 * first called, which is half of what a thread's machine takes otherwise.
 */
export function rehearse(create: ThreadMachineFactory): void {
  const machine = create(MACHINE, UNHEARD);
  machine.load(null);
  machine.reset();
  machine.run(monotonicNs() + RUN_NS);
  machine.restore(machine.capture([]), []);
}
