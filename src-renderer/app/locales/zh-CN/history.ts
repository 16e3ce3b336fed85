import type { history as English } from '../en/history.ts';

export const history: typeof English = {
  history: {
    what: '拖动或滚动可缩放，双击回到现在',
    minutes: '{count} 分钟',
    savePicture: '将图表保存为图片 (PNG)',
    saveTable: '将数据保存为表格 (CSV)',
    entitledTo: '应得 {share}',
    share: 'pCPU 份额',
    shareHint: '虚拟机得到的单个 pCPU 份额；虚线为权重和上限决定的应得份额',
    mips: '指令',
    mipsHint: '每秒执行的客户机指令（百万条）',
    exits: '退出',
    exitsHint: '客户机需要虚拟机监控程序的次数，所有类型合计',
    interrupts: '中断',
    interruptsHint: '递送给客户机的中断',
    pageFaults: '缺页异常',
    pageFaultsHint: '递送给客户机的缺页异常',
    disk: '驱动器',
    diskHint: '所有驱动器的读写次数',
    network: '网络',
    networkHint: '收发的帧数',
  },
};
