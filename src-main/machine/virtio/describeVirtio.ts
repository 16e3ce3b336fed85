import { type DeviceDescription, latch, partOf, register, type RegisterReading } from '../describe/RegisterReading.ts';
import { fieldsIn, type StateFields } from '../describe/stateFields.ts';
import { VIRTIO_TYPE } from './VirtioFunction.ts';

const GROUPS: Readonly<Record<number, DeviceDescription['group']>> = {
  [VIRTIO_TYPE.network]: 'network',
  [VIRTIO_TYPE.block]: 'storage',
  [VIRTIO_TYPE.console]: 'ports',
};

/** Either transport's: their state is the core's. @param type device type (Virtual I/O Device 1.2, 5) */
export function describeVirtio(type: number): DeviceDescription {
  return {
    model: 'virtio',
    group: GROUPS[type] ?? 'board',
    registers: (state) => {
      const { number, part } = fieldsIn(state);
      return [
        register(
          'Status',
          8,
          number('status'),
          '7 FAILED, 6 NEEDS_RESET, 3 FEATURES_OK, 2 DRIVER_OK, 1 DRIVER, 0 ACKNOWLEDGE',
        ),
        register('Features, low', 32, number('features') >>> 0, '29 EVENT_IDX, 28 INDIRECT_DESC, 27 ANY_LAYOUT'),
        register('Features, high', 32, number('featuresHigh') >>> 0, '0 VERSION_1'),
        register('ISR', 8, number('isr'), '1 configuration, 0 queue'),
        register('Generation', 8, number('generation')),
        ...Array.from({ length: 8 }, (_, index) => {
          const queue = part(`queue${index}`);
          return queue ? partOf(`Queue ${index}`, describeQueue(queue)) : [];
        }).flat(),
      ];
    },
  };
}

function describeQueue({ number, flag }: StateFields): RegisterReading[] {
  return [
    latch('Enabled', flag('isEnabled')),
    latch('Broken', flag('broken')),
    register('Size', 16, number('size')),
    register('Descriptors', 64, number('descriptors')),
    register('Available ring', 64, number('available')),
    register('Used ring', 64, number('used')),
    register('Next available', 16, number('nextAvailable')),
    register('Next used', 16, number('nextUsed')),
  ];
}
