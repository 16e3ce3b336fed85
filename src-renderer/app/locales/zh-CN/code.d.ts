import type { code as English } from '../en/code.ts';
export declare const code: typeof English;
