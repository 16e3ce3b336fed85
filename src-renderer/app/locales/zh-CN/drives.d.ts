import type { drives as English } from '../en/drives.ts';
export declare const drives: typeof English;
