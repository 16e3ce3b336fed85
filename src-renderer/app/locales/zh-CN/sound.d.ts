import type { sound as English } from '../en/sound.ts';
export declare const sound: typeof English;
