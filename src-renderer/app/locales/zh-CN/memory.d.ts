import type { memory as English } from '../en/memory.ts';
export declare const memory: typeof English;
