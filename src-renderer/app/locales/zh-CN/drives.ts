import type { drives as English } from '../en/drives.ts';

export const drives: typeof English = {
  drive: {
    drives: '驱动器',
    devices: '驱动器和网络',
    floppy: '软盘驱动器',
    cdrom: '光盘驱动器',
    hda: '第一硬盘',
    hdb: '第二硬盘',
    vda: 'virtio 磁盘',
    empty: '空',
    emptyHint: '{drive}：空。单击可插入映像，也可把映像拖到虚拟机上。',
    menuOf: '{drive}：{file}',
    insert: '插入映像…',
    eject: '弹出',
    access: '写入的内容如何处理',
    accessHint: '可写：保存在映像中。只读：拒绝写入。覆盖层：保留到关机为止，映像保持不变。',
    whileOff: '关机后才能更改驱动器；软盘和光盘可随时在画面下方更换。',
    choose: '选择映像：{drive}',
    takeOut: '取出：{drive}',
    failing: '出错',
    settings: '驱动器与设置…',
  },
  access: { 'read-write': '可写', 'read-only': '只读', overlay: '覆盖层' },
};
