import { type DeviceDescription, latch, partOf, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

export const ES1370: DeviceDescription = {
  model: 'ES1370',
  group: 'sound',
  registers: (state) => {
    const { number, nested } = fieldsIn(state);
    return [
      register('Control', 32, number('control'), '28..16 divider, 13..12 DAC1 rate, 6 DAC1, 5 DAC2, 4 ADC'),
      register('Status', 32, number('status'), '31 interrupt, 2 DAC1, 1 DAC2, 0 ADC'),
      register(
        'Serial',
        32,
        number('serial'),
        '12 DAC2 pause, 11 DAC1 pause, 10 ADC interrupt, 9 DAC2 interrupt, 8 DAC1 interrupt, 5..4 ADC format, 3..2 DAC2 format, 1..0 DAC1 format',
      ),
      register('Page', 4, number('page')),
      ...(['dac1', 'dac2', 'adc'] as const).flatMap((name) => {
        const channel = nested(name);
        return partOf(name.toUpperCase(), [
          latch('Running', channel.flag('isRunning')),
          register('Frame address', 32, channel.number('frameAddress')),
          register('Frame size', 16, channel.number('frameSize')),
          register('Sample count', 16, channel.number('sampleCount')),
        ]);
      }),
    ];
  },
};
