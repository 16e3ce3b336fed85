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

test('what others work for a vCPU it is to pay once, and not while a pCPU is idle', () => {
  const scheduler = new Scheduler(new SharedArrayBuffer(SCHEDULER_BYTES), MAIN_OWNER);
  scheduler.initialise(2, 10);
  const share = { weight: 1, limit: 1, pcpus: null, sliceMs: null };
  const [sender, neighbour] = [1, 2].map((incarnation) => scheduler.add({ ...share, incarnation }));
  if (sender === undefined || neighbour === undefined) throw new Error('there are free slots');
  const work = (): unknown => Atomics.add(scheduler.state.words, sender.owedWord, 1500);
  scheduler.wake(sender);
  work();
  expect(scheduler.takeOwed(sender)).toBe(0);
  scheduler.wake(neighbour);
  expect(scheduler.takeOwed(sender)).toBe(0);
  work();
  expect([scheduler.takeOwed(sender), scheduler.takeOwed(sender), scheduler.takeOwed(neighbour)]).toEqual([1.5, 0, 0]);
});
