import type { isolation as English } from '../../en/tours/isolation.ts';
export declare const isolation: typeof English;
