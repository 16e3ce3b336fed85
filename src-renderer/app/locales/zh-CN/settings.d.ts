import type { settings as English } from '../en/settings.ts';
export declare const settings: typeof English;
