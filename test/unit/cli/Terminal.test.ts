import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcessTerminal } from '../../../src-main/cli/Terminal.ts';

const STREAMS = ['stdout', 'stderr'] as const;

describe('a reader that has gone away ends the command, and does not crash it', () => {
  let before: ReadonlySet<unknown>;
  beforeEach(() => {
    before = new Set(STREAMS.flatMap((stream) => process[stream].listeners('error')));
  });
  afterEach(() => {
    for (const stream of STREAMS)
      for (const listener of process[stream].listeners('error'))
        if (!before.has(listener)) process[stream].off('error', listener as () => void); // As it was given to `on`.
  });

  test.each(STREAMS)('at %s', (stream) => {
    const signals: string[] = [];
    const stop = new ProcessTerminal().onInterrupt((signal) => signals.push(signal));
    process[stream].emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    stop();
    expect(signals).toEqual(['EPIPE']);
  });

  test('a full disk is something else, and said', () => {
    const signals: string[] = [];
    const complaints: string[] = [];
    const terminal = new ProcessTerminal();
    terminal.complain = (line) => complaints.push(line);
    const stop = terminal.onInterrupt((signal) => signals.push(signal));
    process.stdout.emit('error', Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
    stop();
    expect(signals).toEqual(['EIO']);
    expect(complaints).toEqual(['standard output cannot be written: the disk is full.']);
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is heard until nobody listens', (signal) => {
  const others = process.listenerCount(signal);
  const heard: string[] = [];
  const stop = new ProcessTerminal().onInterrupt((each) => heard.push(each));
  expect(process.listenerCount(signal)).toBe(others + 1);
  process.listeners(signal).at(-1)?.(signal);
  stop();
  expect(heard).toEqual([signal]);
  expect(process.listenerCount(signal)).toBe(others);
});
