import type { shell as English } from '../en/shell.ts';
export declare const shell: typeof English;
