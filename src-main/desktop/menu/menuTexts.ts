import type { Language, MenuCommand } from '../../../src-preload/contract/application.ts';
import { PANEL_TITLES, PANELS, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { TOUR_TITLES, TOURS, type TourId } from '../../../src-preload/contract/layouts/TourTitles.ts';

type MenuTitle =
  'file' | 'edit' | 'machine' | 'view' | 'help' | 'openRecent' | 'clearRecent' | 'noRecent' | 'layout' | 'tours';
type RoleLabel =
  | 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll' | 'quit' | 'fullScreen' | 'zoomIn' | 'zoomOut' | 'zoomReset'
  | 'hide' | 'hideOthers' | 'services'; // prettier-ignore

export interface MenuTexts {
  readonly titles: Readonly<Record<MenuTitle, string>>;
  readonly roles: Readonly<Record<RoleLabel, string>>;
  readonly commands: Readonly<Record<MenuCommand, string>>;
}

/** Commands that show a panel or take a tour are called as that is. */
type TitledCommand = `view.${Panel}` | `tour.${TourId}`;
type OwnTexts = Omit<MenuTexts, 'commands'> & {
  readonly commands: Readonly<Record<Exclude<MenuCommand, TitledCommand>, string>>;
};

const en: OwnTexts = {
  titles: {
    file: '&File', edit: '&Edit', machine: '&Machine', view: '&View', help: '&Help',
    openRecent: 'Open &Recent', clearRecent: 'Clear List', noRecent: 'Nothing Yet', layout: '&Layout', tours: '&Guided Tours',
  }, // prettier-ignore
  roles: {
    undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select All', quit: 'Quit Vivarium',
    fullScreen: 'Full Screen', zoomIn: 'Zoom In', zoomOut: 'Zoom Out', zoomReset: 'Actual Size',
    hide: 'Hide Vivarium', hideOthers: 'Hide Others', services: 'Services',
  }, // prettier-ignore
  commands: {
    'file.newMachine': 'New Machine…',
    'file.newProgram': 'New Program',
    'file.openProgram': 'Open Files…',
    'file.importMachine': 'Import Machine…',
    'file.openInEditor': 'Open in Editor…',
    'file.save': 'Save',
    'file.saveAs': 'Save As…',
    'file.preferences': 'Settings…',
    'edit.undo': 'Undo Last Change',
    'edit.redo': 'Redo Last Change',
    'edit.find': 'Find…',
    'machine.start': 'Start',
    'machine.pause': 'Pause',
    'machine.resume': 'Resume',
    'machine.toggleRun': 'Run or Pause',
    'machine.step': 'Step',
    'machine.stepOver': 'Step Over',
    'machine.stepOut': 'Step Out',
    'machine.runToCursor': 'Run to Cursor',
    'machine.pauseAll': 'Pause All Machines',
    'machine.resumeAll': 'Resume All Machines',
    'machine.stepBack': 'Step Back',
    'machine.runBack': 'Run Back to Breakpoint',
    'machine.reset': 'Reset',
    'machine.powerButton': 'Press Power Button',
    'machine.powerOff': 'Power Off',
    'machine.takeSnapshot': 'Take Snapshot',
    'machine.suspend': 'Suspend',
    'machine.discardSuspended': 'Discard Suspended State…',
    'machine.loadProgram': 'Load Program…',
    'machine.rename': 'Rename…',
    'machine.clone': 'Clone',
    'machine.export': 'Export…',
    'machine.delete': 'Delete…',
    'machine.settings': 'Settings…',
    'machine.toggleBreakpoint': 'Set or Clear Breakpoint',
    'machine.gdb': 'Debug with gdb',
    'machine.trace': 'Start or Stop a Trace',
    'machine.symbols': 'Choose a symbol file…',
    'editor.assemble': 'Assemble',
    'editor.run': 'Assemble and Run',
    'view.machines': 'Machines',
    'view.timeLine': 'Time Line',
    'layout.learn': 'Learn',
    'layout.debug': 'Debug',
    'layout.run': 'Run',
    'layout.watch': 'Watch All',
    'panel.splitRight': 'Split Right',
    'panel.splitDown': 'Split Down',
    'panel.moveOn': 'Move to Next Group',
    'panel.float': 'Float or Dock',
    'panel.maximise': 'Maximise or Restore',
    'panel.next': 'Next Panel',
    'panel.previous': 'Previous Panel',
    'view.isolation': 'Isolation',
    'view.schedule': 'Schedule',
    'view.editor': 'Program Editor',
    'view.samples': 'Samples',
    'screen.whole': 'Full-Screen Guest Display',
    'screen.savePicture': 'Save Picture…',
    'screen.paste': 'Type the Clipboard’s Text',
    'sound.mute': 'Mute or Unmute',
    'screen.controlAltDelete': 'Press Ctrl+Alt+Del',
    'screen.smooth': 'Smooth the Picture',
    'view.commandPalette': 'Commands…',
    'demonstration.start': 'Run the Demonstration',
    'demonstration.stop': 'Stop the Demonstration',
    'coach.focus': 'Move Focus to Tour or Back',
    'coach.leave': 'Leave the Tour',
    'help.shortcuts': 'Keyboard Shortcuts',
    'help.about': 'About Vivarium',
  },
};

const zh: OwnTexts = {
  titles: {
    file: '文件(&F)', edit: '编辑(&E)', machine: '虚拟机(&M)', view: '视图(&V)', help: '帮助(&H)',
    openRecent: '打开最近的文件(&R)', clearRecent: '清除列表', noRecent: '暂无', layout: '布局(&L)', tours: '导览(&G)',
  }, // prettier-ignore
  roles: {
    undo: '撤销', redo: '重做', cut: '剪切', copy: '复制', paste: '粘贴', selectAll: '全选', quit: '退出 Vivarium',
    fullScreen: '全屏', zoomIn: '放大', zoomOut: '缩小', zoomReset: '实际大小',
    hide: '隐藏 Vivarium', hideOthers: '隐藏其他', services: '服务',
  }, // prettier-ignore
  commands: {
    'file.newMachine': '新建虚拟机…',
    'file.newProgram': '新建程序',
    'file.openProgram': '打开文件…',
    'file.importMachine': '导入虚拟机…',
    'file.openInEditor': '在编辑器中打开…',
    'file.save': '保存',
    'file.saveAs': '另存为…',
    'file.preferences': '设置…',
    'edit.undo': '撤销上次更改',
    'edit.redo': '重做上次更改',
    'edit.find': '查找…',
    'machine.start': '启动',
    'machine.pause': '暂停',
    'machine.resume': '继续',
    'machine.toggleRun': '运行或暂停',
    'machine.step': '单步执行',
    'machine.stepOver': '单步越过',
    'machine.stepOut': '跳出',
    'machine.runToCursor': '运行到光标处',
    'machine.pauseAll': '暂停所有虚拟机',
    'machine.resumeAll': '继续所有虚拟机',
    'machine.stepBack': '后退一步',
    'machine.runBack': '倒退到断点',
    'machine.reset': '复位',
    'machine.powerButton': '按下电源按钮',
    'machine.powerOff': '关闭电源',
    'machine.takeSnapshot': '拍摄快照',
    'machine.suspend': '挂起',
    'machine.discardSuspended': '放弃挂起的状态…',
    'machine.loadProgram': '装入程序…',
    'machine.rename': '重命名…',
    'machine.clone': '克隆',
    'machine.export': '导出…',
    'machine.delete': '删除…',
    'machine.settings': '设置…',
    'machine.toggleBreakpoint': '设置或清除断点',
    'machine.gdb': '用 gdb 调试',
    'machine.trace': '跟踪到文件，或停止跟踪',
    'machine.symbols': '选择符号文件…',
    'editor.assemble': '汇编',
    'editor.run': '汇编并运行',
    'view.machines': '虚拟机',
    'view.timeLine': '时间线',
    'layout.learn': '学习',
    'layout.debug': '调试',
    'layout.run': '运行',
    'layout.watch': '全部可见',
    'panel.splitRight': '向右拆分',
    'panel.splitDown': '向下拆分',
    'panel.moveOn': '移到下一组',
    'panel.float': '浮动或停靠',
    'panel.maximise': '最大化或还原',
    'panel.next': '下一个面板',
    'panel.previous': '上一个面板',
    'view.isolation': '隔离',
    'view.schedule': '调度',
    'view.editor': '程序编辑器',
    'view.samples': '示例',
    'screen.whole': '全屏显示客户机画面',
    'screen.savePicture': '保存画面…',
    'screen.paste': '输入剪贴板中的文字',
    'sound.mute': '静音或取消静音',
    'screen.controlAltDelete': '按 Ctrl+Alt+Del',
    'screen.smooth': '平滑显示画面',
    'view.commandPalette': '命令…',
    'demonstration.start': '运行演示',
    'demonstration.stop': '停止演示',
    'coach.focus': '转到导览或返回',
    'coach.leave': '离开导览',
    'help.shortcuts': '键盘快捷键',
    'help.about': '关于 Vivarium',
  },
};

function withTitles(texts: OwnTexts, language: Language): MenuTexts {
  const titles = Object.fromEntries([
    ...PANELS.map((panel) => [`view.${panel}`, PANEL_TITLES[panel][language]] as const),
    ...TOURS.map((tour) => [`tour.${tour}`, TOUR_TITLES[tour][language]] as const),
  ]) as Record<TitledCommand, string>; // one of every panel and tour
  return { ...texts, commands: { ...texts.commands, ...titles } };
}

export const menuTexts: Readonly<Record<Language, MenuTexts>> = {
  en: withTitles(en, 'en'),
  'zh-CN': withTitles(zh, 'zh-CN'),
};
