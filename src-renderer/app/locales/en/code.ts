export const code = {
  code: {
    goTo: 'Go to address',
    follow: 'Follow the current instruction',
    off: 'The machine is off. Start it, or step, and its code appears here.',
    setBreakpoint: 'Set breakpoint',
    clearBreakpoint: 'Clear breakpoint',
    runTo: 'Run to here',
    goToTarget: 'Go to the jump’s target',
    copyAddress: 'Copy address',
    sensitive: 'Sensitive: the engine intercepts this instruction.',
  },
  address: { wrong: 'Not an address. Type hexadecimal, such as 7c00 or 0x100000.' },
};
