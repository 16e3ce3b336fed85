import { expect, test } from 'vitest';
import { MAIN_OWNER, Scheduler } from '../../../../src-main/hypervisor/scheduler/Scheduler.ts';
import { SchedulerLock } from '../../../../src-main/hypervisor/scheduler/SchedulerLock.ts';
import { PHASE, SCHEDULER_BYTES } from '../../../../src-main/hypervisor/scheduler/SchedulerState.ts';

test('main is not held up by a thread that it ended while that held the lock', () => {
  const scheduler = new Scheduler(new SharedArrayBuffer(SCHEDULER_BYTES), MAIN_OWNER);
  scheduler.initialise(1, 10);
  const dead = scheduler.add({ weight: 1, limit: 1, pcpus: null, sliceMs: null, incarnation: 1 });
  const neighbour = scheduler.add({ weight: 1, limit: 1, pcpus: null, sliceMs: null, incarnation: 2 });
  if (dead === undefined || neighbour === undefined) throw new Error('there are free slots');
  scheduler.wake(dead);
  new SchedulerLock(scheduler.state.words, dead.incarnation).acquire();
  scheduler.noteEnding(dead);
  scheduler.wake(neighbour);
  expect(neighbour.phase).toBe(PHASE.ready);
  scheduler.removeDead(dead);
  expect(neighbour.phase).toBe(PHASE.running);
});
