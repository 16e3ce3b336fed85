import { beforeEach, expect, test } from 'vitest';
import type { ExitObserver } from '../../../../src-main/engine/VirtualProcessor.ts';
import { ExitRecorder, SINGLE_RECORDS, WINDOW_MS } from '../../../../src-main/hypervisor/statistics/ExitRecorder.ts';
import {
  EXIT_TRACE_BYTES,
  EXIT_TRACE_CAPACITY,
  ExitTrace,
} from '../../../../src-main/hypervisor/statistics/ExitTrace.ts';

let trace: ExitTrace;
let recorder: ExitRecorder;
let observer: ExitObserver | undefined;
let nowMs: number;
let isRepeating: boolean;

beforeEach(() => {
  trace = new ExitTrace(new SharedArrayBuffer(EXIT_TRACE_BYTES));
  observer = undefined;
  nowMs = 100;
  isRepeating = false;
  recorder = new ExitRecorder({
    trace,
    processors: [{ observeExits: (next) => (observer = next) }],
    nowMs: () => nowMs,
    isRepeating: () => isRepeating,
  });
});

test('a processor is observed while somebody wants its exits, and no longer', () => {
  recorder.begin();
  expect(observer).toBeUndefined();
  trace.wantUntil(200);
  recorder.begin();
  expect(observer).toBeDefined();
  nowMs = 201;
  recorder.begin();
  expect(observer).toBeUndefined();
});

test('an exit is noted with its time and what it was about', () => {
  trace.wantUntil(200);
  recorder.begin();
  observer?.('pio', 1, 0x60);
  nowMs = 100.25;
  observer?.('cpuid', 1, -1);
  expect(trace.read(0)).toEqual({
    records: [
      { startMs: 100, endMs: 100, vcpu: 0, kind: 'pio', times: 1, detail: 0x60 },
      { startMs: 100.25, endMs: 100.25, vcpu: 0, kind: 'cpuid', times: 1, detail: -1 },
    ],
    next: 2,
  });
});

test('what is repeated of the past, and what ends a turn of the loop, is not noted', () => {
  trace.wantUntil(200);
  recorder.begin();
  observer?.('kick', 1, -1);
  observer?.('budget', 1, -1);
  isRepeating = true;
  observer?.('pio', 1, 0x60);
  recorder.end();
  expect(trace.read(0).records).toEqual([]);
});

test('a flood becomes a bounded number of records that count all of it, in the order of their ends', () => {
  trace.wantUntil(1e6);
  recorder.begin();
  const [windows, each] = [5, 20_000];
  for (let index = 0; index < windows * each; index++) {
    nowMs = 100 + (index * WINDOW_MS) / each;
    observer?.('mmio', 1, 0xa0000);
    observer?.('pio', 2, 0x3da);
  }
  recorder.end();
  const { records } = trace.read(0);
  expect(records.length).toBeLessThanOrEqual(windows * (SINGLE_RECORDS + 2) + 2);
  expect(records.reduce((sum, { times }) => sum + times, 0)).toBe(3 * windows * each);
  for (let index = 1; index < records.length; index++)
    expect(records[index].endMs).toBeGreaterThanOrEqual(records[index - 1].endMs);
});

test('a reader that comes late has the newest, none of them half written over', () => {
  for (let number = 0; number < EXIT_TRACE_CAPACITY + 10; number++)
    trace.add({ startMs: number, endMs: number, vcpu: 0, kind: 'pio', times: 1, detail: number });
  const { records, next } = trace.read(0);
  expect(next).toBe(EXIT_TRACE_CAPACITY + 10);
  // The oldest is where the next one will be written.
  expect(records.map(({ detail }) => detail)).toEqual(
    Array.from({ length: EXIT_TRACE_CAPACITY - 1 }, (_, index) => index + 11),
  );
  expect(trace.read(next).records).toEqual([]);
});
