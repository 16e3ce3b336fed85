import { type DeviceDescription, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

export const PARALLEL_PORT: DeviceDescription = {
  model: 'Centronics',
  group: 'ports',
  registers: (state) => {
    const { number } = fieldsIn(state);
    return [
      register('Data', 8, number('data')),
      register('Control', 8, number('control'), '5 input, 4 IRQ, 3 select, 2 initialise, 1 auto feed, 0 strobe'),
    ];
  },
};
