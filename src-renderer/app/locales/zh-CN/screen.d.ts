import type { screen as English } from '../en/screen.ts';
export declare const screen: typeof English;
