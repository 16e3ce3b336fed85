import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { MainWindow, type MainWindowEvents } from '../../../src-main/desktop/window/MainWindow.ts';
import type { Settings } from '../../../src-main/desktop/settings/Settings.ts';

/** What was done to Electron's window, in order; each of these shows it. */
const shown = vi.hoisted(() => [] as string[]);
let draw: () => void;

vi.mock('electron', () => ({
  BrowserWindow: class extends EventEmitter {
    readonly webContents = new EventEmitter();
    constructor() {
      super();
      draw = () => void this.emit('ready-to-show');
    }
    show(): void {
      shown.push('shown');
    }
    maximize(): void {
      shown.push('maximized');
    }
    setFullScreen(): void {
      shown.push('on the whole screen');
    }
  },
  nativeTheme: Object.assign(new EventEmitter(), { shouldUseDarkColors: false }),
  screen: { getAllDisplays: () => [] },
}));

const application = {
  onPage: () => undefined,
  onCloseRequest: () => undefined,
  onPageCrash: () => undefined,
  onWholeScreenLeft: () => undefined,
} satisfies MainWindowEvents;

function windowLeft(left: { isMaximized?: boolean; isFullScreen?: boolean }): MainWindow {
  const value = { width: 1280, height: 800, isMaximized: false, isFullScreen: false, ...left };
  return new MainWindow('', { value } as Settings['bounds']); // nothing is noted here
}

beforeEach(() => void shown.splice(0));

test.each([
  { left: {}, as: ['shown'] },
  { left: { isMaximized: true }, as: ['maximized', 'shown'] },
  { left: { isFullScreen: true }, as: ['on the whole screen', 'shown'] },
])('a window left with $left appears once its page has drawn and somebody answers', ({ left, as }) => {
  const window = windowLeft(left);
  draw();
  expect(shown).toEqual([]);
  window.serve(application);
  expect(shown).toEqual(as);
});

test('a page that draws after somebody answers is shown then', () => {
  const window = windowLeft({ isMaximized: true });
  window.serve(application);
  expect(shown).toEqual([]);
  draw();
  expect(shown).toEqual(['maximized', 'shown']);
});
