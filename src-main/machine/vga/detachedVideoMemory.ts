import type { VideoMemory } from '../GuestMemory.ts';

/** Video memory of a machine whose processor cannot be shown any: devices alone use it. */
export function detachedVideoMemory(): VideoMemory {
  return {
    bytes: new Uint8Array(0x4_0000),
    setWindow: () => undefined,
    removeWindow: () => undefined,
    takeWrittenPages: () => false,
  };
}
