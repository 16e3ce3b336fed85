import { type DeviceDescription, latch, register, words } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';
import { BAUD_BASE, TRIGGERS } from './Uart16550.ts';

export const UART16550: DeviceDescription = {
  model: '16550A',
  group: 'ports',
  registers: (state) => {
    const { number, flag, bytes } = fieldsIn(state);
    const divisor = number('divisor');
    return [
      register('IER', 8, number('ier'), '3 modem status, 2 line status, 1 THR empty, 0 received'),
      register('LCR', 8, number('lcr'), '7 DLAB, 6 break, 5..3 parity, 2 stop bits, 1..0 length'),
      register('MCR', 8, number('mcr'), '4 loopback, 3 OUT2, 2 OUT1, 1 RTS, 0 DTR'),
      register('Line errors', 8, number('lineErrors'), '4 break, 3 framing, 2 parity, 1 overrun'),
      register('Modem changes', 4, number('modemChanges'), '3 DCD, 2 RI, 1 DSR, 0 CTS'),
      register('SCR', 8, number('scratch')),
      register('Divisor', 16, divisor),
      ...(divisor > 0 ? [words('Rate', `${Math.round(BAUD_BASE / divisor)} baud`)] : []),
      latch('FIFOs', flag('isFifoEnabled')),
      register('Trigger', 4, TRIGGERS[number('trigger')] ?? 0),
      register('Receiver FIFO', 5, bytes('fifo').length),
      register('Waiting on the wire', 13, bytes('wire').length),
      latch('THR empty pending', flag('isEmptyPending')),
      latch('Timeout pending', flag('isTimeoutPending')),
    ];
  },
};
