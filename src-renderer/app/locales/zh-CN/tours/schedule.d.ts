import type { schedule as English } from '../../en/tours/schedule.ts';
export declare const schedule: typeof English;
