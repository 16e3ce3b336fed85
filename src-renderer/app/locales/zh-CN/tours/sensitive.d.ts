import type { sensitive as English } from '../../en/tours/sensitive.ts';
export declare const sensitive: typeof English;
