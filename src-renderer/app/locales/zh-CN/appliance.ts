import type { appliance as English } from '../en/appliance.ts';

export const appliance: typeof English = {
  appliance: {
    debianMini:
      'Debian mini：Debian 原版 Linux 内核和 busybox，从这台电脑所用的软件源下载并在本机组装。屏幕和串口控制台上都有 root 命令行，带有所有驱动器和网络的驱动。首次约需下载 70 MiB，无需管理员权限。',
    notHere: '无法在这台电脑上构建',
    steps: '构建步骤',
    'step-archive': '查看软件源',
    'step-kernel': '下载内核',
    'step-programs': '下载程序',
    'step-unpack': '解包',
    'step-pack': '制作初始内存盘',
    'step-machine': '创建虚拟机',
    build: '构建',
    buildAndStart: '构建并启动',
    cancel: '停止构建',
  },
};
