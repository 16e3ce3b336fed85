import type { settings as English } from '../en/settings.ts';

export const settings: typeof English = {
  settings: {
    theme: '主题',
    'theme-system': '跟随系统',
    'theme-light': '浅色',
    'theme-dark': '深色',
    language: '语言',
    'language-system': '跟随系统',
    processors: '主机处理器',
    processorsHint: '调度器可以用于运行虚拟机的数量（pCPU）。',
    processorsAll: '全部（{count}）',
    slice: '时间片',
    sliceHint: '其他虚拟机也想要 pCPU 时，一台虚拟机最多连续占用多久。短则响应更快，长则切换更少。',
    memoryLimit: '虚拟机可用内存',
    memoryLimitHint: '所有开机的虚拟机合计可用的内存。留空为 {usual} MiB，即本机内存的四分之三。',
    confirm: '虚拟机丢失状态前先询问',
    confirmHint: '关闭电源、向运行中的虚拟机装入程序以及退出时。',
    suspend: '退出时挂起虚拟机',
    suspendHint: '它们的状态保存在磁盘上，下次启动时继续运行。',
  },
};
