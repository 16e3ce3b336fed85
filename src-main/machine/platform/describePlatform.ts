import { type DeviceDescription, latch, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

export const PORT_61: DeviceDescription = {
  model: 'Port B',
  group: 'board',
  registers: (state) => [
    register('61h', 4, fieldsIn(state).number('latch'), '3 channel check off, 2 parity off, 1 speaker, 0 timer 2 gate'),
  ],
};

export const PORT_92: DeviceDescription = {
  model: 'Port A',
  group: 'board',
  registers: (state) => {
    const { number } = fieldsIn(state);
    return [register('92h', 8, number('latch')), register('A20', 1, number('a20'))];
  },
};

export const COPROCESSOR_LATCH: DeviceDescription = {
  model: 'FERR#',
  group: 'board',
  registers: (state) => [latch('Latched', fieldsIn(state).flag('isSet'))],
};

export const BYTE_SINK: DeviceDescription = {
  model: 'Port',
  group: 'ports',
  registers: (state) => [register('Last byte', 8, fieldsIn(state).number('last'))],
};
