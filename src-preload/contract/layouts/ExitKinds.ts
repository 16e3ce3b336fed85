/**
 * Kinds of intercepted events, in the order of the `counts` of a machine view's frame. The same list as
 * `EXIT_KINDS` of the engine (a unit test compares them); repeated because the bridge imports nothing of main.
 */
export const EXIT_KINDS = [
  'pio', 'mmio', 'halt', 'interrupt', 'exception', 'softwareInterrupt', 'cpuid', 'rdtsc', 'msr', 'controlRegister',
  'descriptorTable', 'segmentLoad', 'farTransfer', 'invalidate', 'translation', 'selfModifiedCode', 'budget', 'kick',
  'breakpoint', 'shutdown',
] as const; // prettier-ignore
export type ExitKind = (typeof EXIT_KINDS)[number];
