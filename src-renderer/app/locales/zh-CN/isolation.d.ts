import type { isolation as English } from '../en/isolation.ts';
export declare const isolation: typeof English;
