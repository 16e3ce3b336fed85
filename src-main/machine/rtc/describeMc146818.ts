import { type DeviceDescription, register, words } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';
import { REG } from './Mc146818.ts';

export const MC146818: DeviceDescription = {
  model: 'MC146818A',
  group: 'timers',
  registers: (state) => {
    const { number, bytes } = fieldsIn(state);
    const ram = bytes('ram');
    const at = (address: number): number => ram[address] ?? 0;
    const digits = (...addresses: number[]): string[] =>
      addresses.map((address) => at(address).toString(16).padStart(2, '0'));
    const [century, year, month, day] = digits(REG.century, REG.year, REG.month, REG.day);
    return [
      register('Index', 7, number('index')),
      // As its bytes stand: in BCD, as PCs keep it, they read as a date.
      words('Date', `${century}${year}-${month}-${day}`),
      words('Time', digits(REG.hours, REG.minutes, REG.seconds).join(':')),
      words('Alarm', digits(REG.hoursAlarm, REG.minutesAlarm, REG.secondsAlarm).join(':')),
      register('A', 8, at(REG.a), '7 UIP, 6..4 DV, 3..0 RS'),
      register('B', 8, at(REG.b), '7 SET, 6 PIE, 5 AIE, 4 UIE, 3 SQWE, 2 DM, 1 24/12, 0 DSE'),
      register('C', 8, number('flags'), '7 IRQF, 6 PF, 5 AF, 4 UF'),
      register('D', 8, at(REG.d), '7 VRT'),
    ];
  },
};
