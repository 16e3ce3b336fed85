import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRenderer, h, type App } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useInspected, type Inspected } from '../../../src-renderer/features/processor/useInspected.ts';

/** Registers have come. */
let tellReading: (reading: { readonly vcpus: readonly { readonly retiredInstructions: number }[] }) => void;
vi.mock('../../../src-renderer/features/machine/feedContext.ts', () => ({
  useReadings: (listener: typeof tellReading) => (tellReading = listener),
}));

/** A window of no elements: what is asked matters here, not what is drawn. */
const { createApp } = createRenderer<object, object>({
  createComment: () => ({}),
  createElement: () => ({}),
  createText: () => ({}),
  insert: () => undefined,
  nextSibling: () => null,
  parentNode: () => null,
  patchProp: () => undefined,
  remove: () => undefined,
  setElementText: () => undefined,
  setText: () => undefined,
});

let machine: VmSummary;
const inState = (state: VmSummary['state']): VmSummary => ({ id: 'vm-1', state }) as VmSummary; // of no interest otherwise
const retired = (instructions: number): void => tellReading({ vcpus: [{ retiredInstructions: instructions }] });
/** Answers take 100 ms. */
const ask = vi.fn(async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { ok: true as const, value: 1 };
});
let inspected: Inspected<number>;
let app: App<object>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  ask.mockClear();
  machine = inState('running');
  const setup = () => {
    inspected = useInspected(() => machine, ask);
    return () => h('div');
  };
  app = createApp({ setup });
  app.mount({});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a running machine is asked again and again', async () => {
  await vi.advanceTimersByTimeAsync(1150);
  expect(ask).toHaveBeenCalledTimes(2);
  app.unmount();
});

test('nobody is asked any more once the panel is closed, not even when it is closed before an answer', async () => {
  await vi.advanceTimersByTimeAsync(50);
  app.unmount();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('to ask at once, before an answer is there, makes nobody ask twice as often from then on', async () => {
  await vi.advanceTimersByTimeAsync(50);
  inspected.refresh();
  await vi.advanceTimersByTimeAsync(150);
  ask.mockClear();
  await vi.advanceTimersByTimeAsync(6000);
  expect(ask).toHaveBeenCalledTimes(10);
  app.unmount();
});

test('a step while an answer is awaited is asked about after it', async () => {
  machine = inState('paused');
  retired(1);
  await vi.advanceTimersByTimeAsync(50);
  retired(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(2);
  app.unmount();
});
