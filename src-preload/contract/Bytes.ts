import { z } from 'zod';

/** Bytes in any buffer. (`z.instanceof` would ask for one that is not shared, which its callers cannot promise.) */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** 64-bit values, such as a set of registers. */
export const Quadwords = z.custom<BigUint64Array>((value) => value instanceof BigUint64Array);
