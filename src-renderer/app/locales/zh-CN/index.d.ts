import type { Messages } from '../en/index.ts';
export declare const zhCN: Messages;
