import { expect, test } from 'vitest';
import type { RecordedInput } from '../../../../src-main/hypervisor/recordings/recordedInputs.ts';
import { InputTrack } from '../../../../src-main/hypervisor/timetravel/InputTrack.ts';

const at = (instructions: number): RecordedInput['at'] => ({ instructions, guestTimeNs: 0, interrupts: 0 });
const key = (instructions: number): RecordedInput => {
  return { at: at(instructions), input: { kind: 'key', code: 'KeyA', isDown: true } };
};

test('what comes from outside lies behind the place where it came', () => {
  const track = new InputTrack();
  track.add(key(5));
  expect([track.count, track.done, track.next]).toEqual([1, 1, undefined]);
});

test('going back has it come again, all that is due at one place together', () => {
  const track = new InputTrack();
  for (const instructions of [5, 5, 9]) track.add(key(instructions));
  track.rewindTo(0);
  const passed: number[] = [];
  const pass = (instructions: number): void =>
    track.passDue(
      () => at(instructions),
      (input) => passed.push(input.at.instructions),
    );
  pass(4);
  expect(passed).toEqual([]);
  pass(5);
  expect([passed, track.next]).toEqual([[5, 5], key(9)]);
});

test('what comes in the past ends the future that was', () => {
  const track = new InputTrack();
  for (const instructions of [5, 9, 12]) track.add(key(instructions));
  track.rewindTo(1);
  track.add(key(7));
  expect(track.all.map((input) => input.at.instructions)).toEqual([5, 7]);
});
