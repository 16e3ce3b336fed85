export const settings = {
  settings: {
    theme: 'Theme',
    'theme-system': 'System',
    'theme-light': 'Light',
    'theme-dark': 'Dark',
    language: 'Language',
    'language-system': 'System',
    processors: 'Host processors',
    processorsHint: 'As many as the scheduler may fill with machines (pCPUs).',
    processorsAll: 'All ({count})',
    slice: 'Slice',
    sliceHint:
      'The longest that a machine keeps a pCPU which others want. Short ones answer sooner, long ones switch less.',
    memoryLimit: 'Memory for machines',
    memoryLimitHint:
      'What machines that are on may have together. Empty: {usual} MiB, three quarters of this computer’s memory.',
    confirm: 'Ask before machines lose their state',
    confirmHint: 'On power-off, on loading over a running machine, and on quitting.',
    suspend: 'Suspend machines on quitting',
    suspendHint: 'Their state is kept on disk, and they go on at the next start.',
  },
};
