import type { translation as English } from '../en/translation.ts';
export declare const translation: typeof English;
