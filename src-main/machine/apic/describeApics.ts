import { type DeviceDescription, partOf, register, type RegisterReading } from '../describe/RegisterReading.ts';
import { fieldsIn, wordAt } from '../describe/stateFields.ts';
import { LVT } from './localApicRegisters.ts';

const DELIVERY_FIELDS = '16 masked, 15 level, 14 remote IRR, 13 active low, 12 pending';
/** Of the LVT; the timer and the error entry have neither delivery mode nor trigger. */
const LVT_FIELDS = {
  timer: '17 periodic, 16 masked, 12 pending, 7..0 vector',
  thermal: '16 masked, 12 pending, 10..8 delivery mode, 7..0 vector',
  performance: '16 masked, 12 pending, 10..8 delivery mode, 7..0 vector',
  lint0: `${DELIVERY_FIELDS}, 10..8 delivery mode, 7..0 vector`,
  lint1: `${DELIVERY_FIELDS}, 10..8 delivery mode, 7..0 vector`,
  error: '16 masked, 12 pending, 7..0 vector',
} as const;

export const LOCAL_APIC: DeviceDescription = {
  model: 'Local APIC',
  group: 'interrupts',
  registers: (state) => {
    const { number, flag, bytes, nested } = fieldsIn(state);
    const lvt = bytes('lvt');
    const timer = nested('timer');
    return [
      register('IA32_APIC_BASE', 36, number('base') + (flag('isEnabled') ? 0x800 : 0), '11 enabled, 35..12 base'),
      register('ID', 8, number('apicId')),
      register('TPR', 8, number('taskPriority'), '7..4 class, 3..0 subclass'),
      register('LDR', 32, number('logicalDestination'), '31..24 logical id'),
      register('DFR', 32, number('destinationFormat'), '31..28 model'),
      register('SVR', 32, number('spurious'), '8 enabled, 7..0 vector'),
      register('ESR', 32, number('errorStatus'), '7 illegal register, 6 receive vector, 5 send vector'),
      register(
        'ICR low',
        32,
        number('commandLow'),
        '19..18 shorthand, 15 level, 14 assert, 11 logical, 10..8 delivery mode, 7..0 vector',
      ),
      register('ICR high', 32, number('commandHigh'), '31..24 destination'),
      ...vectors('IRR', bytes('irr')),
      ...vectors('ISR', bytes('isr')),
      ...vectors('TMR', bytes('tmr')),
      ...partOf(
        'LVT',
        Object.entries(LVT).map(([name, index]) =>
          // The two objects have the same keys.
          register(name, 32, wordAt(lvt, 4 * index), LVT_FIELDS[name as keyof typeof LVT]),
        ),
      ),
      ...partOf('Timer', [
        register('Initial count', 32, timer.number('initialCount')),
        register('Divide', 4, timer.number('divide')),
      ]),
    ];
  },
};

/** A register of 256 bits, by the vectors that are set. */
function vectors(name: string, bytes: readonly number[]): RegisterReading[] {
  const set = bytes.flatMap((byte, index) =>
    Array.from({ length: 8 }, (_, bit) => 8 * index + bit).filter((vector) => ((byte >> (vector & 7)) & 1) !== 0),
  );
  return [{ name, text: set.map((vector) => `${vector.toString(16).padStart(2, '0')}h`).join(' ') || '0' }];
}

export const IO_APIC: DeviceDescription = {
  model: '82093AA',
  group: 'interrupts',
  registers: (state) => {
    const { number, bytes } = fieldsIn(state);
    const redirections = bytes('redirections');
    return [
      register('IOREGSEL', 8, number('index')),
      register('ID', 4, number('apicId')),
      register('Inputs', 24, number('lines')),
      ...partOf(
        'Redirection',
        Array.from({ length: redirections.length / 8 }, (_, pin) => [
          register(
            `Pin ${pin}`,
            32,
            wordAt(redirections, 8 * pin),
            `${DELIVERY_FIELDS}, 11 logical, 10..8 delivery mode, 7..0 vector`,
          ),
          register(`Pin ${pin}, high`, 32, wordAt(redirections, 8 * pin + 4), '31..24 destination'),
        ]).flat(),
      ),
    ];
  },
};
