import { openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Three decimal numbers of at most twenty digits. */
const LINE_BYTES = 64;
const SPACE = 0x20;
const ZERO = 0x30;

/** What the host has counted for a thread since it began, in nanoseconds. */
export interface ThreadTimes {
  /** Had a processor. */
  readonly ranNs: number;
  /** Had something to do, and waited for a processor. */
  readonly waitedNs: number;
}

/**
 * Reads the calling thread's own counts, about two microseconds each time: on Linux, where threads have them
 * (Documentation/scheduler/sched-stats.rst: the first two numbers of `schedstat`). What it waited is exact whenever it
 * runs, what it had lags by a tick of the kernel at most. Undefined elsewhere: nothing tells without a library of its
 * own. The file stays open for as long as the thread lives.
 */
export function threadTimesReader(): (() => ThreadTimes) | undefined {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
  const line = new Uint8Array(LINE_BYTES);
  return () => {
    const length = readSync(file, line, 0, LINE_BYTES, 0);
    let at = 0;
    const number = (): number => {
      let value = 0;
      for (; at < length && line[at] !== SPACE; at++) value = value * 10 + (line[at] ?? ZERO) - ZERO;
      at++;
      return value;
    };
    return { ranNs: number(), waitedNs: number() };
  };
}

/** What the calling thread has had of the host's processors, in milliseconds; where nothing tells, how long its event loop was busy. */
export function threadProcessorMs(): () => number {
  const times = threadTimesReader();
  return times === undefined ? () => performance.eventLoopUtilization().active : () => times().ranNs / 1e6;
}
