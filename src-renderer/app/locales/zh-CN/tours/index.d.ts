import type { tours as English } from '../../en/tours/index.ts';
export declare const tours: typeof English;
