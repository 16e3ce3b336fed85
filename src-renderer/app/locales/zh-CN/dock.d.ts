import type { dock as English } from '../en/dock.ts';
export declare const dock: typeof English;
