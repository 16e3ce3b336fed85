/** What building an appliance does, in order. */
export const APPLIANCE_STEPS = ['archive', 'kernel', 'programs', 'unpack', 'pack', 'machine'] as const;
