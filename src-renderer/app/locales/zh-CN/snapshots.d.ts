import type { snapshots as English } from '../en/snapshots.ts';
export declare const snapshots: typeof English;
