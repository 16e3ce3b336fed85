import type { console as English } from '../en/console.ts';
export declare const console: typeof English;
