import type { console as English } from '../en/console.ts';

export const console: typeof English = {
  console: {
    label: '串口控制台',
    'silent-com1': '串口尚无输出。',
    'silent-virtio': 'virtio 控制台尚无输出。',
    line: '线路',
    'line-com1': 'COM1',
    'line-virtio': 'hvc0',
    'what-com1': 'COM1。您输入的内容由客户机接收。按 Ctrl+Alt+G 离开。',
    'what-virtio': 'virtio 控制台。您输入的内容由客户机接收。按 Ctrl+Alt+G 离开。',
    clear: '清空控制台',
    dropped: '有 {count} 个字节未保留',
  },
};
