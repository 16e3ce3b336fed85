import type { processor as English } from '../../en/tours/processor.ts';
export declare const processor: typeof English;
