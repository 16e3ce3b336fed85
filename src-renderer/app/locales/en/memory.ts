export const memory = {
  memory: {
    goTo: 'Go to address',
    space: 'Address space',
    physical: 'Physical',
    linear: 'Linear',
    previous: 'Previous 8 MiB',
    next: 'Next 8 MiB',
    off: 'The machine is off: it has no memory yet.',
    pausedHint: 'Click a byte and type hexadecimal digits to change it.',
    runningHint: 'Live. Pause the machine to edit.',
  },
};
