import { type DeviceDescription, register, type RegisterReading, words } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

const INTERRUPTS = '6 remote DMA done, 5 counter, 4 overflow, 3 send error, 2 receive error, 1 sent, 0 received';

/** A board with this chip, whose own state holds the chip's. */
export const DP8390: DeviceDescription = {
  model: 'DP8390',
  group: 'network',
  registers: (state): RegisterReading[] => {
    const { number, bytes } = fieldsIn(state).nested('chip');
    const address = bytes('physicalAddress').map((byte) => byte.toString(16).padStart(2, '0'));
    return [
      register('CR', 8, number('command'), '7..6 page, 5..3 remote DMA, 2 transmit, 1 start, 0 stop'),
      register('ISR', 8, number('interruptStatus'), `7 stopped, ${INTERRUPTS}`),
      register('IMR', 8, number('interruptMask'), INTERRUPTS),
      register('RCR', 8, number('receiveConfiguration'), '5 monitor, 4 promiscuous, 3 multicast, 2 broadcast'),
      register('TCR', 8, number('transmitConfiguration'), '2..1 loopback'),
      register(
        'DCR',
        8,
        number('dataConfiguration'),
        '6..5 FIFO, 3 loopback off, 2 long address, 1 big endian, 0 words',
      ),
      register('RSR', 8, number('receiveStatus'), '5 group, 0 intact'),
      register('TSR', 8, number('transmitStatus'), '0 sent'),
      register('PSTART', 8, number('pageStart')),
      register('PSTOP', 8, number('pageStop')),
      register('BNRY', 8, number('boundary')),
      register('CURR', 8, number('current')),
      register('TPSR', 8, number('transmitPage')),
      register('TBCR', 16, number('transmitCount')),
      register('RSAR', 16, number('remoteAddress')),
      register('RBCR', 16, number('remoteCount')),
      words('PAR', address.join(':')),
    ];
  },
};
