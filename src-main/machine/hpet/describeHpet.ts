import { type DeviceDescription, partOf, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';
import { TIMER_COUNT } from './Hpet.ts';

export const HPET: DeviceDescription = {
  model: 'HPET',
  group: 'timers',
  registers: (state) => {
    const { number, nested } = fieldsIn(state);
    return [
      register('Configuration', 32, number('configuration'), '1 legacy replacement, 0 enable'),
      register('Interrupt status', 32, number('status'), '2 timer 2, 1 timer 1, 0 timer 0'),
      register('Main counter', 64, number('counter')),
      ...Array.from({ length: TIMER_COUNT }, (_, index) => {
        const timer = nested(`timer${index}`);
        return partOf(`Timer ${index}`, [
          register(
            'Configuration',
            32,
            timer.number('configuration'),
            '13..9 route, 8 32-bit mode, 6 set value, 5 64-bit capable, 4 periodic capable, 3 periodic, 2 interrupt enable, 1 level',
          ),
          register('Comparator', 64, timer.number('comparator')),
          register('Period', 64, timer.number('period')),
        ]);
      }).flat(),
    ];
  },
};
