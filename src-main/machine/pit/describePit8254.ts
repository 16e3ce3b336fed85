import { type DeviceDescription, latch, partOf, register, words } from '../describe/RegisterReading.ts';
import { fieldsIn, type StateFields } from '../describe/stateFields.ts';
import { PIT_CLOCK_HZ } from './Pit8254.ts';

/** What a count of 0 stands for. */
const GREATEST_COUNT = 0x10000;
/** In modes 2 and 3 the counter starts over by itself. */
const PERIODIC_MODES: readonly number[] = [2, 3];

export const PIT8254: DeviceDescription = {
  model: '8254',
  group: 'timers',
  registers: (state) => {
    const { nested } = fieldsIn(state);
    return [0, 1, 2].flatMap((index) => partOf(`Counter ${index}`, counter(nested(`counter${index}`))));
  },
};

function counter({ number, flag }: StateFields): ReturnType<typeof register>[] {
  const [mode, count] = [number('mode'), number('count') || GREATEST_COUNT];
  const isPeriodic = PERIODIC_MODES.includes(mode) && flag('isWritten');
  return [
    register('Mode', 3, mode),
    register('Access', 2, number('access'), '1 high byte, 0 low byte'),
    latch('BCD', flag('isBcd')),
    latch('Gate', flag('gate')),
    register('CR', 16, number('written')),
    ...(isPeriodic ? [words('Rate', `${(PIT_CLOCK_HZ / count).toFixed(2)} Hz`)] : []),
  ];
}
