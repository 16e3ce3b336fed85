import type { machine as English } from '../en/machine.ts';
export declare const machine: typeof English;
