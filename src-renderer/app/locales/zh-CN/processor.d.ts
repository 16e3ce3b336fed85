import type { processor as English } from '../en/processor.ts';
export declare const processor: typeof English;
