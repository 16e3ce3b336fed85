import { type DeviceDescription, latch, partOf, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

/** @param firstChannel the number that the PC/AT gives its first channel: 0, or 4 of the controller that moves words */
export function describeDma8237(firstChannel: number): DeviceDescription {
  const channels = [3, 2, 1, 0].map((index) => `${index} channel ${firstChannel + index}`).join(', ');
  return {
    model: '8237A',
    group: 'board',
    registers: (state) => {
      const { number, flag, nested } = fieldsIn(state);
      return [
        register('Command', 8, number('command'), '2 disable'),
        register('Terminal counts', 4, number('terminalCounts'), channels),
        register('Requests', 4, number('requests'), channels),
        register('Masks', 4, number('masks'), channels),
        latch('High byte next', flag('isHighByteNext')),
        ...[0, 1, 2, 3].flatMap((index) => {
          const channel = nested(`channel${index}`);
          return partOf(`Channel ${firstChannel + index}`, [
            register('Mode', 8, channel.number('mode'), '7..6 mode, 5 decrement, 4 auto-initialise, 3..2 transfer'),
            register('Page', 8, channel.number('page')),
            register('Base address', 16, channel.number('baseAddress')),
            register('Base count', 16, channel.number('baseCount')),
            register('Address', 16, channel.number('address') & 0xffff),
            register('Count', 16, channel.number('count') & 0xffff),
          ]);
        }),
      ];
    },
  };
}

export const DMA_PAGES: DeviceDescription = {
  model: '74LS612',
  group: 'board',
  registers: (state) =>
    fieldsIn(state)
      .bytes('pages')
      .map((value, index) => register(`${(0x80 + index).toString(16)}h`, 8, value)),
};
