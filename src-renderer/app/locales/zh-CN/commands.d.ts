import type { commands as English } from '../en/commands.ts';
export declare const commands: typeof English;
