import type { DeviceMemory } from '../DeviceMemory.ts';
import type { ApicBus } from './ApicBus.ts';

/** The addresses at which a write is a message to local APICs (SDM vol. 3A, 11.11.1). */
const FIRST = 0xfee0_0000,
  END = 0xfef0_0000;
const LOGICAL = 1 << 2;
const LEVEL = 1 << 15;
const MESSAGE_BYTES = 4;

/**
 * Guest memory as bus masters reach it where there are local APICs: four bytes written to FEExxxxxh are an interrupt.
 * Address: destination 19..12, logical 2. Data: vector 7..0, delivery mode 10..8, level 15.
 */
export function withInterruptMessages(memory: DeviceMemory, apics: ApicBus): DeviceMemory {
  return {
    size: memory.size,
    read: (address, target) => memory.read(address, target),
    write: (address, source) => {
      if (address < FIRST || address >= END || source.length !== MESSAGE_BYTES) {
        memory.write(address, source);
        return;
      }
      const [vector = 0, high = 0] = source;
      apics.deliver({
        vector,
        deliveryMode: high & 7,
        isLogical: (address & LOGICAL) !== 0,
        destination: (address >>> 12) & 0xff,
        isLevel: ((high << 8) & LEVEL) !== 0,
      });
    },
  };
}
