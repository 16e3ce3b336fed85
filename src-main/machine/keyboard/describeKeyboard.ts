import { type DeviceDescription, latch, partOf, register, words } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

export const CONTROLLER_8042: DeviceDescription = {
  model: '8042',
  group: 'input',
  registers: (state) => {
    const { number, flag, bytes, nested } = fieldsIn(state);
    const [keyboard, aux] = [nested('keyboard'), nested('aux')];
    return [
      register(
        'Configuration',
        8,
        bytes('ram')[0] ?? 0,
        '6 translate, 5 mouse off, 4 keyboard off, 2 self-test passed, 1 IRQ 12, 0 IRQ 1',
      ),
      register('Output buffer', 8, number('output')),
      latch('Output full', flag('isOutputFull')),
      latch('From the mouse', flag('isFromAux')),
      register('Command', 8, number('command')),
      ...partOf('Keyboard', [
        latch('Scanning', keyboard.flag('isEnabled')),
        register('Scan-code set', 2, keyboard.number('set')),
        register('Lights', 3, keyboard.number('lights'), '2 Caps Lock, 1 Num Lock, 0 Scroll Lock'),
        register('Typematic', 8, keyboard.number('typematic'), '6..5 delay, 4..0 rate'),
        register('Queue', 6, keyboard.bytes('queue').length),
      ]),
      ...partOf('Mouse', [
        latch('Reporting', aux.flag('isReporting')),
        latch('Remote', aux.flag('isRemote')),
        latch('Wheel', aux.flag('hasWheel')),
        register('Resolution', 2, aux.number('resolution')),
        words('Rate', `${aux.number('sampleRate')} Hz`),
        register('Buttons', 3, aux.number('buttons'), '2 middle, 1 right, 0 left'),
        register('Queue', 8, aux.bytes('queue').length),
      ]),
    ];
  },
};
