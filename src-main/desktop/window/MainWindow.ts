import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import type { Settings } from '../settings/Settings.ts';
import { APP_PAGE } from './appUrls.ts';

/** The window's ground before its page has drawn (LOOK: neutral ground). */
const GROUND = { light: '#fbfbfa', dark: '#17181a' } as const;
const MINIMUM = { width: 960, height: 600 } as const;

/** A page that falls this often within a minute is not tried again by itself. */
const RELOADS_A_MINUTE = 3;

export interface MainWindowEvents {
  /** A page is about to load: the first one, or one that replaces a crashed one. */
  onPage(contents: WebContents): void;
  /** The user wants to close the window; it closes only by `destroy`. */
  onCloseRequest(): void;
  onPageCrash(reason: string, willReload: boolean): void;
  onWholeScreenLeft(): void;
}

/**
 * The application's one window: where it was, on the ground of its theme. Its page loads while the application behind it
 * comes to be (`serve`); it is shown once there is something to see and somebody to answer.
 */
export class MainWindow {
  private readonly window: BrowserWindow;
  private readonly bounds: Settings['bounds'];
  /** Null: nobody answers yet. */
  private events: MainWindowEvents | null = null;
  private hasDrawn = false;
  private crashes: number[] = [];
  private hangs = false;
  private isWholeScreen = false;

  constructor(preload: string, bounds: Settings['bounds']) {
    this.bounds = bounds;
    this.window = new BrowserWindow({
      ...placeOnScreen(bounds.value),
      minWidth: MINIMUM.width,
      minHeight: MINIMUM.height,
      title: 'Vivarium',
      show: false,
      backgroundColor: ground(),
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        safeDialogs: true,
      },
    });
    this.window.once('ready-to-show', () => {
      this.hasDrawn = true;
      if (this.events) this.show();
    });
    this.window.on('close', (event) => {
      // An application that is not there yet has nothing to lose: its only window goes, and it with it.
      if (!this.events) return;
      event.preventDefault();
      this.events.onCloseRequest();
    });
    for (const change of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
      // The union of names fits no single overload.
      this.window.on(change as 'resize', () => this.noteBounds());
    }
    this.window.on('enter-full-screen', () => this.noteBounds());
    this.window.on('leave-full-screen', () => {
      this.noteBounds();
      if (!this.isWholeScreen) return;
      this.isWholeScreen = false;
      this.window.setMenuBarVisibility(true);
      this.events?.onWholeScreenLeft();
    });
    this.window.webContents.on('render-process-gone', (_event, { reason }) => this.onGone(reason));
    this.window.on('unresponsive', () => (this.hangs = true));
    this.window.on('responsive', () => (this.hangs = false));
    nativeTheme.on('updated', () => !this.window.isDestroyed() && this.window.setBackgroundColor(ground()));
  }

  get browserWindow(): BrowserWindow {
    return this.window;
  }

  /** Its page can be asked something. */
  get isResponsive(): boolean {
    return !this.hangs && !this.window.webContents.isCrashed();
  }

  /** Somebody could be looking at it. */
  get isVisible(): boolean {
    return !this.window.isDestroyed() && this.window.isVisible() && !this.window.isMinimized();
  }

  /** Somebody answers from now on, the page that is loaded or loading first of all. */
  serve(events: MainWindowEvents): void {
    this.events = events;
    events.onPage(this.window.webContents);
    if (this.hasDrawn) this.show();
  }

  async load(): Promise<void> {
    this.hangs = false;
    this.events?.onPage(this.window.webContents);
    await this.window.loadURL(APP_PAGE);
  }

  /** Brings it to the front: a second start of the app asked for it. */
  reveal(): void {
    if (this.window.isDestroyed()) return;
    if (this.window.isMinimized()) this.window.restore();
    this.window.show();
    this.window.focus();
  }

  toggleFullScreen(): void {
    this.window.setFullScreen(!this.window.isFullScreen());
  }

  /** The page has nothing to show but a guest's picture. */
  setWholeScreen(isOn: boolean): void {
    this.isWholeScreen = isOn;
    this.window.setMenuBarVisibility(!isOn);
    this.window.setFullScreen(isOn);
  }

  destroy(): void {
    if (!this.window.isDestroyed()) this.window.destroy();
  }

  /** For the first time. To maximize a window shows it (Electron), so that has waited. */
  private show(): void {
    const { isMaximized, isFullScreen } = this.bounds.value;
    if (isMaximized) this.window.maximize();
    if (isFullScreen) this.window.setFullScreen(true);
    this.window.show();
  }

  private noteBounds(): void {
    if (!this.isVisible) return;
    const isMaximized = this.window.isMaximized();
    const isFullScreen = this.window.isFullScreen();
    // The bounds to return to from a maximized window, not those of the whole screen.
    this.bounds.set({ ...this.window.getNormalBounds(), isMaximized, isFullScreen });
  }

  private onGone(reason: string): void {
    if (reason === 'clean-exit' || this.window.isDestroyed()) return;
    const now = Date.now();
    this.crashes = [...this.crashes.filter((at) => now - at < 60_000), now];
    const willReload = this.crashes.length <= RELOADS_A_MINUTE;
    this.events?.onPageCrash(reason, willReload);
    if (willReload) void this.load().catch(() => undefined);
  }
}

function ground(): string {
  return nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

/** Where the window was, unless that place is on no screen any more. */
function placeOnScreen({ x, y, width, height }: Settings['bounds']['value']): Electron.Rectangle | Electron.Size {
  if (x === undefined || y === undefined) return { width, height };
  const isReachable = screen.getAllDisplays().some(({ workArea }) => {
    const overlapX = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    const overlapY = Math.min(y + height, workArea.y + workArea.height) - Math.max(y, workArea.y);
    return overlapX >= 120 && overlapY >= 80;
  });
  return isReachable ? { x, y, width, height } : { width, height };
}
