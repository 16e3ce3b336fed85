import type { memory as English } from '../en/memory.ts';

export const memory: typeof English = {
  memory: {
    goTo: '转到地址',
    space: '地址空间',
    physical: '物理',
    linear: '线性',
    previous: '上一个 8 MiB',
    next: '下一个 8 MiB',
    off: '虚拟机已关机，还没有内存。',
    pausedHint: '单击某个字节并输入十六进制数字即可修改。',
    runningHint: '实时。暂停虚拟机后可编辑。',
  },
};
