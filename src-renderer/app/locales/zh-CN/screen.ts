import type { screen as English } from '../en/screen.ts';

export const screen: typeof English = {
  screen: {
    label: '{name} 的屏幕',
    leaveHint: '按 Control、Alt 和 G 交还键盘',
    leave: '交还键盘',
    captured: '键盘现在属于 {name}。',
    mouseCaptured: '键盘和鼠标现在属于 {name}。',
    takeBack: '取回',
    captureMouse: '把鼠标交给虚拟机（按 Ctrl+Alt+G 取回）',
    savePicture: '保存画面',
    whole: '全屏显示',
    leaveWhole: '退出全屏',
    nothingToPaste: '剪贴板中没有文字。',
    notTypeable:
      '键盘布局“{layout}”打不出这些字符，已略去：{characters}。如果客户机的系统用的是其他布局，请在虚拟机的设置中选择。',
    pasteCut: '最后 {count} 个字符已略去：输入会花太长时间。',
    offDrive: '已关机。将从 {program} 启动。',
    controlAltDelete: '在虚拟机中按 Ctrl+Alt+Del',
    paste: '把剪贴板中的文字输入虚拟机',
    scaleSmooth: '平滑显示画面',
    clickToType: '单击屏幕即可向虚拟机输入。',
    waiting: '正在等待第一幅画面…',
    off: '已关机。{program} 已装入，等待启动。',
    noProgram: '这台虚拟机还没有可启动的内容。请装入程序、在驱动器中放入映像，或把文件拖到它所在的行。',
  },
};
