import { type DeviceDescription, latch, partOf, register, words } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';
import { DATA_RATES_KBPS } from './floppyFormats.ts';
import { toHex } from '../snapshot.ts';

export const FDC82077: DeviceDescription = {
  model: '82077AA',
  group: 'storage',
  registers: (state) => {
    const { number, flag, bytes, nested } = fieldsIn(state);
    const list = (field: string): string => toHex(Uint8Array.from(bytes(field))).replace(/(..)(?=.)/g, '$1 ') || '–';
    return [
      register('DOR', 8, number('dor'), '7..4 motors, 3 interrupt and DMA, 2 out of reset, 1..0 drive'),
      register('TDR', 8, number('tdr'), '1..0 tape'),
      words('Data rate', `${DATA_RATES_KBPS[number('rate')] ?? '?'} kbit/s`),
      latch('Interrupt', flag('isInterrupting')),
      words('Command', list('command')),
      words('Result', list('result')),
      words('SPECIFY', list('specify')),
      register('CONFIGURE', 8, number('configuration'), '6 implied seek, 5 FIFO off, 4 polling off, 3..0 threshold'),
      latch('LOCK', flag('isLocked')),
      ...[0, 1].flatMap((index) => {
        const drive = nested(`drive${index}`);
        return partOf(`Drive ${'AB'[index] ?? ''}:`, [
          register('Cylinder', 8, drive.number('cylinder')),
          latch('Diskette changed', drive.flag('isChanged')),
        ]);
      }),
    ];
  },
};
