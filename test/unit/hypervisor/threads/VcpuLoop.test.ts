import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { monotonicMs } from '../../../../src-main/hypervisor/scheduler/hostClock.ts';
import { refillTime } from '../../../../src-main/hypervisor/scheduler/policy.ts';
import { MAIN_OWNER, Scheduler } from '../../../../src-main/hypervisor/scheduler/Scheduler.ts';
import { PHASE, SCHEDULER_BYTES, type VcpuSlot } from '../../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import { NetworkSocket } from '../../../../src-main/hypervisor/threads/NetworkSocket.ts';
import { OutputBatcher } from '../../../../src-main/hypervisor/threads/OutputBatcher.ts';
import { BATCH_COUNTER_BYTES, type ThreadCommand } from '../../../../src-main/hypervisor/threads/protocol.ts';
import type { ThreadMachine } from '../../../../src-main/hypervisor/threads/ThreadMachine.ts';
import { VcpuLoop } from '../../../../src-main/hypervisor/threads/VcpuLoop.ts';

/** As much of a machine as runs for ever. */
const MACHINE = {
  run: (untilHostNs: number) => {
    while (monotonicMs() * 1e6 < untilHostNs);
    return { reason: 'budget' };
  },
  instructionAddress: () => 0,
  setStops: () => undefined,
  stopClock: () => undefined,
} as unknown as ThreadMachine;

/** The loop's first wait, which ends it. */
class FirstWait extends Error {
  readonly phase: number;
  /** How long behind the time at which its quota is positive again the wait would end. */
  readonly excessMs: number;

  constructor(slot: VcpuSlot, timeoutMs: number) {
    super('waits');
    this.phase = slot.phase;
    this.excessMs = monotonicMs() + timeoutMs - refillTime(slot);
  }
}

class WatchedScheduler extends Scheduler {
  override waitForSignal(slot: VcpuSlot, _count: number, timeoutMs: number): never {
    throw new FirstWait(slot, timeoutMs);
  }
}

test('one that has used up its cap waits until it is refilled, and no longer', () => {
  const scheduler = new WatchedScheduler(new SharedArrayBuffer(SCHEDULER_BYTES), MAIN_OWNER);
  scheduler.initialise(1, 10);
  const slot = scheduler.add({ weight: 1, limit: 0.1, pcpus: null, sliceMs: null, incarnation: 1 });
  if (slot === undefined) throw new Error('there are free slots');
  const { port1: main, port2: port } = new MessageChannel();
  main.postMessage({ id: 0, name: 'run', request: null } satisfies ThreadCommand);
  const output = new OutputBatcher(port, new SharedArrayBuffer(BATCH_COUNTER_BYTES));
  const loop = new VcpuLoop({ machine: MACHINE, scheduler, slot, port, output, network: new NetworkSocket() });
  let wait: unknown;
  try {
    loop.runForever();
  } catch (error) {
    wait = error;
  } finally {
    main.close();
  }
  expect(wait).toMatchObject({ phase: PHASE.capped });
  // The host may take the processor away between two looks at the clock.
  expect(Math.abs((wait as FirstWait).excessMs)).toBeLessThan(10);
});
