import type { schedule as English } from '../en/schedule.ts';
export declare const schedule: typeof English;
