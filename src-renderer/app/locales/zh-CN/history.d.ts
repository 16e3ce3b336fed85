import type { history as English } from '../en/history.ts';
export declare const history: typeof English;
