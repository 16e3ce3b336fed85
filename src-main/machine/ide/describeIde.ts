import { type DeviceDescription, latch, partOf, register, type RegisterReading } from '../describe/RegisterReading.ts';
import { fieldsIn, type StateFields } from '../describe/stateFields.ts';

const STATUS_FIELDS = '7 BSY, 6 DRDY, 5 DF, 4 DSC, 3 DRQ, 2 CORR, 1 IDX, 0 ERR';
const ERROR_FIELDS = '7 ICRC, 6 UNC, 5 MC, 4 IDNF, 3 MCR, 2 ABRT, 1 NM, 0 MED';

export const IDE_CHANNEL: DeviceDescription = {
  model: 'ATA/ATAPI',
  group: 'storage',
  registers: (state) => {
    const { number, flag, nested, part } = fieldsIn(state);
    return [
      register('Selected drive', 1, number('selected')),
      register('Device control', 8, number('control'), '7 HOB, 2 SRST, 1 nIEN'),
      latch('INTRQ', flag('isInterrupting')),
      latch('Transfer', part('transfer') !== undefined),
      ...[0, 1].flatMap((index) => partOf(`Drive ${index}`, taskFile(nested(`registers${index}`)))),
    ];
  },
};

function taskFile({ number }: StateFields): RegisterReading[] {
  const twoBytes = (name: string, field: string): RegisterReading =>
    register(name, 16, number(field) + 256 * number(`${field}Before`), '15..8 previous, 7..0 present');
  return [
    register('Status', 8, number('status'), STATUS_FIELDS),
    register('Error', 8, number('error'), ERROR_FIELDS),
    register('Device', 8, number('device'), '6 LBA, 4 drive, 3..0 head'),
    twoBytes('Features', 'features'),
    twoBytes('Sector count', 'count'),
    twoBytes('LBA low', 'lbaLow'),
    twoBytes('LBA mid', 'lbaMid'),
    twoBytes('LBA high', 'lbaHigh'),
  ];
}

export const BUS_MASTER_IDE: DeviceDescription = {
  model: '82371SB IDE',
  group: 'storage',
  registers: (state) => {
    const { nested } = fieldsIn(state);
    return (['primary', 'secondary'] as const).flatMap((channel) => {
      const { number } = nested(channel);
      return partOf(`BMI ${channel}`, [
        register('Command', 8, number('command'), '3 to memory, 0 start'),
        register('Status', 8, number('status'), '6 drive 1 DMA, 5 drive 0 DMA, 2 interrupt, 1 error, 0 active'),
        register('PRD table', 32, number('table')),
      ]);
    });
  },
};
