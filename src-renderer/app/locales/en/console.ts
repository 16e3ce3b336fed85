export const console = {
  console: {
    label: 'Serial console',
    'silent-com1': 'Nothing has come from the serial port yet.',
    'silent-virtio': 'Nothing has come from the virtio console yet.',
    line: 'Line',
    'line-com1': 'COM1',
    'line-virtio': 'hvc0',
    'what-com1': 'COM1. What you type is received by the guest. Ctrl+Alt+G leaves.',
    'what-virtio': 'The virtio console. What you type is received by the guest. Ctrl+Alt+G leaves.',
    clear: 'Clear the console',
    dropped: '{count} bytes were not kept',
  },
};
