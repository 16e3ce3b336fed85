import type { machines as English } from '../en/machines.ts';
export declare const machines: typeof English;
