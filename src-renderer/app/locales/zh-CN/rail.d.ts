import type { rail as English } from '../en/rail.ts';
export declare const rail: typeof English;
