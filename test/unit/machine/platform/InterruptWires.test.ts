import { beforeEach, expect, test } from 'vitest';
import { InterruptWires } from '../../../../src-main/machine/platform/InterruptWires.ts';
import { RecordingLine } from '../../../support/machine/ManualTime.ts';

let requests: RecordingLine[];
let wires: InterruptWires;

beforeEach(() => {
  requests = Array.from({ length: 16 }, () => new RecordingLine());
  wires = new InterruptWires({ line: (irq) => requests[irq] ?? new RecordingLine() });
});

test('a wire is asserted while any of its drivers asserts it', () => {
  const [first, second] = [wires.line(9, 'sci'), wires.line(9, 'pirq')];
  first.set(true);
  second.set(true);
  first.set(false);
  expect(requests[9]?.level).toBe(true);
  second.set(false);
  expect(requests[9]?.level).toBe(false);
});

test('a wire that is left to one owner shows its edges although another holds it', () => {
  const [pit, hpet] = [wires.line(0, 'pit0'), wires.line(0, 'hpet0')];
  pit.set(true);
  wires.leaveTo('hpet0', 0);
  expect(requests[0]?.level).toBe(false);
  const before = requests[0]?.rises ?? 0;
  hpet.set(true);
  hpet.set(false);
  expect(requests[0]?.rises).toBe(before + 1);
  wires.leaveTo(undefined, 0);
  expect(requests[0]?.level).toBe(true);
});
