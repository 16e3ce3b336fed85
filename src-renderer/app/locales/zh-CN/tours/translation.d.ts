import type { translation as English } from '../../en/tours/translation.ts';
export declare const translation: typeof English;
