export const settings = {
  settings: {
    theme: 'Theme',
    'theme-system': 'System',
    'theme-light': 'Light',
    'theme-dark': 'Dark',
    language: 'Language',
    'language-system': 'System',
    processors: 'Host processors',
    processorsHint: 'How many of them machines may use (pCPUs).',
    processorsAll: 'All ({count})',
    slice: 'Slice',
    sliceHint:
      'How long a machine may keep a pCPU that others want. Shorter slices respond sooner, longer ones switch less.',
    memoryLimit: 'Memory for machines',
    memoryLimitHint:
      'The most that all running machines may have together. Empty: {usual} MiB, three quarters of this computer’s memory.',
    confirm: 'Ask before machines lose their state',
    confirmHint: 'When powering off, loading into a running machine, or quitting.',
    suspend: 'Suspend machines when quitting',
    suspendHint: 'Their state is kept on disk, and they continue at the next start.',
  },
};
