import type { samples as English } from '../en/samples.ts';

export const samples: typeof English = {
  samples: {
    welcome: '欢迎',
    leadTitle: '玻璃柜中的虚拟机',
    lead: 'Vivarium 无需管理员权限即可运行 x86 虚拟机，每台都有自己的内存，每个寄存器、每次退出和每个时间片都看得见。演示会同时启动八台：三台在干活，五台想越狱。',
    linux: '运行 Linux…',
    drop: '或把文件拖到任意位置：程序、内核、磁盘或光盘映像',
    recent: '最近的文件',
    demo: '看它运行',
    demoWhat: '值得一看的虚拟机',
    learn: '学习',
    learnWhat: '每个只有几十行，带注释：一步步走一遍',
    rogue: '捣乱者',
    rogueWhat: '每个都尝试一种越狱方式，却都出不去',
    run: '运行',
    runLabel: '运行 {title}',
    edit: '源码',
    editLabel: '打开 {title} 的源码',
  },
};
