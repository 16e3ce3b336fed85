import type { timeline as English } from '../en/timeline.ts';
export declare const timeline: typeof English;
