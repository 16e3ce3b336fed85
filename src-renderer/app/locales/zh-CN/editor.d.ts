import type { editor as English } from '../en/editor.ts';
export declare const editor: typeof English;
