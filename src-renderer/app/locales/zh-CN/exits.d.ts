import type { exits as English } from '../en/exits.ts';
export declare const exits: typeof English;
