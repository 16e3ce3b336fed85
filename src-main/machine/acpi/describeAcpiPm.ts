import { type DeviceDescription, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

const EVENTS = '10 RTC, 9 sleep button, 8 power button, 5 global, 0 timer';

/** The PIIX4's function, whose state holds the fixed ACPI registers. */
export const PIIX4_PM: DeviceDescription = {
  model: '82371AB PM',
  group: 'board',
  registers: (state) => {
    const { number } = fieldsIn(state).nested('pm');
    return [
      register('PM1_STS', 16, number('status'), `15 wake, ${EVENTS}, 4 bus master`),
      register('PM1_EN', 16, number('enable'), EVENTS),
      register('PM1_CNT', 16, number('control'), '12..10 SLP_TYP, 0 SCI_EN'),
    ];
  },
};
