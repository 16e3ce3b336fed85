import { beforeEach, describe, expect, test } from 'vitest';
import { MachineCondition } from '../../../../src-main/hypervisor/lifecycle/MachineCondition.ts';

let seen: string[];
let condition: MachineCondition;

beforeEach(() => {
  seen = [];
  condition = new MachineCondition({
    onChanged: () => seen.push('changed'),
    onState: (from, to) => seen.push(`${from}>${to}`),
  });
});

function start(): void {
  condition.transit('start');
  condition.onRunning();
}

test('each state is told once, and that something has changed after it', () => {
  start();
  condition.onPaused({ kind: 'user' });
  expect(seen).toEqual(['off>starting', 'changed', 'starting>running', 'changed', 'running>paused', 'changed']);
  expect(condition.pauseReason).toEqual({ kind: 'user' });
});

test('what comes in a state that it does not suit changes no state', () => {
  condition.onPaused({ kind: 'user' });
  expect(condition.state).toBe('off');
});

describe('a machine that is saved', () => {
  beforeEach(() => {
    start();
    condition.beginSaving();
  });

  test('runs on', () => {
    condition.endSaving();
    expect(condition.state).toBe('running');
  });
  test('is paused when a step has ended meanwhile', () => {
    condition.onPaused({ kind: 'step' });
    condition.endSaving();
    expect([condition.state, condition.pauseReason?.kind]).toEqual(['paused', 'step']);
  });
  test('stays off when it was powered off meanwhile', () => {
    condition.transit('power-off');
    condition.endSaving();
    expect(condition.state).toBe('off');
  });
});

test('one that has crashed while it was restored stays crashed, and one that has not is paused', () => {
  start();
  condition.beginSaving();
  const { kind, message } = condition.onCrashed({ kind: 'thread-died', message: 'It died.', detail: '' });
  condition.onRestored();
  expect([condition.state, kind, message]).toEqual(['crashed', 'thread-died', 'It died.']);
  condition.transit('start');
  condition.onRestored();
  expect([condition.state, condition.pauseReason?.kind]).toEqual(['paused', 'restored']);
});

test('one that is off has no reason, no crash and no trouble with its drives', () => {
  start();
  condition.noteDriveProblem('hda', 'It cannot be read.');
  condition.noteAnswering(false);
  condition.onCrashed({ kind: 'thread-hung', message: '', detail: '' });
  condition.transit('power-off');
  condition.forget();
  expect([condition.crash, condition.pauseReason, condition.driveProblems.size]).toEqual([null, null, 0]);
  expect([condition.isAnswering, condition.isStopped]).toEqual([true, false]);
});
