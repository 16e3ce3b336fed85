import type { schedule as English } from '../en/schedule.ts';

export const schedule: typeof English = {
  schedule: {
    what: '谁在哪个 pCPU 上运行，谁在等待',
    zoomed: '已停在 {span} 的范围。按 Esc 回到现在。',
    live: '回到现在',
    span: '显示时长',
    pcpu: 'pCPU {number}',
    vcpus: '虚拟处理器',
    lanesLabel: '调度图：每个 pCPU 一条泳道，下面是每个虚拟处理器的活动',
    hint: '拖动可放大，滚轮可缩放，双击回到现在',
    sliceHover: '{name}：{duration}，始于 {start} s',
    bandHover: '{name}，{duration}',
    empty: '没有正在运行的虚拟机。启动一台或运行演示，时间片就会显示在这里。',
  },
  sliceEnd: {
    slice: '结束原因：时间片用完',
    halt: '结束原因：HLT',
    capped: '结束原因：达到上限',
    stop: '结束原因：被停止',
    preempted: '结束原因：pCPU 被调走',
    died: '结束原因：线程结束',
    moved: '移到另一个 pCPU 继续运行，为绑定的虚拟处理器让位',
  },
  activity: {
    running: '运行',
    ready: '就绪，等待 pCPU',
    halted: '停机（HLT）',
    capped: '达到上限',
  },
};
