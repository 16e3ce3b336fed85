import type { debug as English } from '../en/debug.ts';
export declare const debug: typeof English;
