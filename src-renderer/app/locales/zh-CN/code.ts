import type { code as English } from '../en/code.ts';

export const code: typeof English = {
  code: {
    goTo: '转到地址',
    follow: '跟随当前指令',
    off: '虚拟机已关机。启动或单步后，代码会显示在这里。',
    setBreakpoint: '设置断点',
    clearBreakpoint: '清除断点',
    runTo: '运行到此处',
    goToTarget: '转到跳转目标',
    copyAddress: '复制地址',
    sensitive: '敏感指令：引擎会拦截它。',
  },
  address: { wrong: '这不是地址。请输入十六进制数，例如 7c00 或 0x100000。' },
};
