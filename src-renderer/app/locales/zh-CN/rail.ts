import type { rail as English } from '../en/rail.ts';

export const rail: typeof English = {
  rail: {
    collapse: '折叠“{group}”',
    expand: '展开“{group}”',
    startAll: '全部启动',
    stopAll: '全部关闭电源',
    stopAllQuestion: '关闭“{group}”中所有虚拟机的电源？',
    stopAllBody: '它们内存中的内容将丢失：{names}。',
    groupCount: '{all} 台中 {on} 台开机',
    label: '虚拟机与页面',
    machines: '虚拟机',
    search: '搜索虚拟机',
    searchShort: '搜索',
    new: '新建',
    newMachine: '新建虚拟机',
    noMatch: '没有虚拟机匹配“{search}”。',
    empty: '还没有虚拟机。运行一个示例，或把文件拖到这里。',
    rateTitle: '每秒 {mips} 百万条指令，占一个 pCPU 的 {share}',
    dropOnMachine: '装入 {name}',
    resize: '调整列表宽度',
  },
};
