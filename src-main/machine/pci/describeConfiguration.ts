import { partOf, register, type RegisterReading, words } from '../describe/RegisterReading.ts';
import { wordAt } from '../describe/stateFields.ts';
import { REGISTER } from './PciFunction.ts';

const BASE_ADDRESSES = 6;

/** The header of a function's configuration space (PCI Local Bus Specification 3.0, figure 6-1). */
export function describeConfiguration(bytes: readonly number[]): RegisterReading[] {
  const word = (at: number): number => wordAt(bytes, at);
  const half = (at: number): number => (wordAt(bytes, at & ~3) >>> (8 * (at & 3))) & 0xffff;
  const byte = (at: number): number => bytes[at] ?? 0;
  const bars = Array.from(
    { length: BASE_ADDRESSES },
    (_, index) => [index, word(REGISTER.baseAddress + 4 * index)] as const,
  );
  return partOf('PCI', [
    words('ID', `${hex(half(REGISTER.vendorId), 4)}:${hex(half(REGISTER.deviceId), 4)}`),
    register('Class', 24, word(REGISTER.revision) >>> 8, '23..16 class, 15..8 subclass, 7..0 interface'),
    register('Revision', 8, byte(REGISTER.revision)),
    register(
      'Command',
      16,
      half(REGISTER.command),
      '10 interrupt off, 8 SERR#, 6 parity, 2 bus master, 1 memory, 0 I/O',
    ),
    register('Status', 16, half(REGISTER.status), '4 capabilities, 3 interrupt'),
    ...bars
      .filter(([, value]) => value !== 0)
      .map(([index, value]) =>
        register(
          `BAR${index}`,
          32,
          value,
          (value & 1) === 0 ? '31..4 address, 3 prefetchable, 0 I/O' : '31..2 address, 0 I/O',
        ),
      ),
    register('Interrupt line', 8, byte(REGISTER.interruptLine)),
    register('Interrupt pin', 8, byte(REGISTER.interruptPin)),
  ]);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
