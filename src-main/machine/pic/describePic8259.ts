import type { DeviceDescription, RegisterReading } from '../describe/RegisterReading.ts';
import { latch, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

/** @param firstIrq the ISA request at input 0, by which the inputs are known */
export function describePic8259(firstIrq: number): DeviceDescription {
  const inputs = Array.from({ length: 8 }, (_, input) => `${input} IRQ ${firstIrq + input}`).join(', ');
  return {
    model: '8259A',
    group: 'interrupts',
    registers: (state): RegisterReading[] => {
      const { number, flag } = fieldsIn(state);
      return [
        register('IRR', 8, number('irr'), inputs),
        register('ISR', 8, number('isr'), inputs),
        register('IMR', 8, number('imr'), inputs),
        register('Inputs', 8, number('lines'), inputs),
        register('ELCR', 8, number('elcr'), inputs),
        register('ICW2', 8, number('vectorBase'), '7..3 vector'),
        register('ICW3', 8, number('icw3')),
        latch('Initialised', flag('isInitialised')),
        latch('LTIM', flag('levelTriggered')),
        latch('SNGL', flag('isSingle')),
        latch('AEOI', flag('isAutoEoi')),
        latch('SFNM', flag('isSpecialFullyNested')),
        latch('Special mask', flag('isSpecialMask')),
        latch('Rotate in AEOI', flag('isRotatingInAutoEoi')),
        latch('Read ISR', flag('isReadingIsr')),
        latch('Poll', flag('isPolled')),
        register('Lowest priority', 3, number('lowestPriority')),
      ];
    },
  };
}
