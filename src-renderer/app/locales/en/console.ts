export const console = {
  console: {
    label: 'Serial console',
    silent: 'Nothing has come from the serial port yet.',
    what: 'COM1. What you type is received by the guest. Ctrl+Alt+G leaves.',
    clear: 'Clear the console',
    dropped: '{count} bytes were not kept',
  },
};
