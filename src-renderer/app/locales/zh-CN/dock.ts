import type { dock as English } from '../en/dock.ts';

export const dock: typeof English = {
  dock: {
    panels: '面板',
    menu: '移动和选择面板',
    resize: '调整面板大小',
    restore: '恢复显示所有面板',
    maximise: '最大化',
    float: '浮动',
    dock: '重新停靠',
    moveFloating: '移动{name}：方向键；按住 Shift 调整大小',
    layout: '面板布局',
    'preset-learn': '学习',
    'preset-debug': '调试',
    'preset-run': '运行',
    'preset-watch': '全部可见',
  },
};
