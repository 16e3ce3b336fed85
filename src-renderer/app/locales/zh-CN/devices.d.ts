import type { devices as English } from '../en/devices.ts';
export declare const devices: typeof English;
