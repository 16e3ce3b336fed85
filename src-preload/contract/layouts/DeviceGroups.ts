/** What devices are for, in the order in which they are listed. */
export const DEVICE_GROUPS = [
  'interrupts',
  'timers',
  'storage',
  'display',
  'input',
  'ports',
  'network',
  'sound',
  'board',
] as const;
