export const dock = {
  dock: {
    panels: 'Panels',
    menu: 'Move and choose panels',
    resize: 'Resize the panels',
    restore: 'Show all panels',
    maximise: 'Maximise',
    float: 'Float',
    dock: 'Dock',
    moveFloating: 'Move {name}: arrow keys; with Shift, resize',
    layout: 'Layout of the panels',
    'preset-learn': 'Learn',
    'preset-debug': 'Debug',
    'preset-run': 'Run',
    'preset-watch': 'Watch all',
  },
};
