import type { samples as English } from '../en/samples.ts';
export declare const samples: typeof English;
