import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { VcpuFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import { RegisterReadings, type RegisterReading } from '../../../src-renderer/features/processor/RegisterReadings.ts';

type Listener = (vcpus: readonly VcpuFrame[] | null) => void;

/** A machine whose only register is its instruction count. */
class Machine {
  isStopped = false;
  readonly told: RegisterReading[] = [];
  #listener: Listener = () => undefined;
  readonly readings = new RegisterReadings(
    {
      on: (_part: string, listener: unknown) => {
        this.#listener = listener as Listener; // the only part that readings ask for
        return () => undefined;
      },
    },
    () => this.isStopped,
  );

  constructor() {
    this.readings.on((reading) => this.told.push(reading));
  }

  frame(retiredInstructions: number): void {
    const values = BigUint64Array.of(BigInt(retiredInstructions));
    this.#listener([{ vcpu: 0, values, retiredInstructions }]);
  }

  stop(isStopped: boolean): void {
    this.isStopped = isStopped;
    this.readings.stateChanged();
  }

  get last(): { now: number | undefined; before: number | undefined } {
    const reading = this.told.at(-1);
    return { now: reading?.vcpus[0]?.retiredInstructions, before: reading?.baseline?.[0]?.retiredInstructions };
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a running machine is read ten times a second, and compared with nothing', () => {
  const machine = new Machine();
  for (let frame = 1; frame <= 60; frame++) {
    machine.frame(frame);
    vi.advanceTimersByTime(1000 / 60);
  }
  expect(machine.told.length).toBeLessThanOrEqual(12);
  expect(machine.last.before).toBeUndefined();
});

test('a step is compared with the stop before it', () => {
  const machine = new Machine();
  machine.frame(100);
  machine.stop(true);
  vi.advanceTimersByTime(1000);
  machine.frame(101);
  expect(machine.last).toEqual({ now: 101, before: 100 });
  machine.frame(102);
  expect(machine.last).toEqual({ now: 102, before: 101 });
});

test('an edit keeps the comparison', () => {
  const machine = new Machine();
  machine.stop(true);
  machine.frame(100);
  vi.advanceTimersByTime(1000);
  machine.frame(101);
  machine.frame(101);
  expect(machine.last).toEqual({ now: 101, before: 100 });
});

test('frames that come late after a pause are no step', () => {
  const machine = new Machine();
  machine.frame(100);
  machine.stop(true);
  machine.frame(140);
  expect(machine.last).toEqual({ now: 140, before: 140 });
});

test('a second stop is compared with the first', () => {
  const machine = new Machine();
  machine.stop(true);
  machine.frame(100);
  machine.stop(false);
  machine.frame(5000);
  machine.stop(true);
  machine.frame(5004);
  expect(machine.last).toEqual({ now: 5004, before: 100 });
});
