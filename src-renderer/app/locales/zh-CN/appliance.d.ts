import type { appliance as English } from '../en/appliance.ts';
export declare const appliance: typeof English;
