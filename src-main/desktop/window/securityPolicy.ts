import { shell, type App, type Session, type WebContents } from 'electron';
import { isAppUrl } from './appUrls.ts';

/** The only addresses that the window may ask the system's browser to open. */
const EXTERNAL_ADDRESSES = /^https:\/\/(github\.com|www\.electronjs\.org)\//;

/** Whatever page comes to be: it stays where it is, opens nothing, embeds nothing. */
export function restrictContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => restrict(contents));
}

function restrict(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (EXTERNAL_ADDRESSES.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event, url) => {
    // Electron 45 passes no url argument where 25 does; both have it on the event.
    if (!isAppUrl(url ?? event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

const POINTER_LOCK = 'pointerLock';

/** No permission is granted but to hold the pointer for a guest's mouse, no request leaves the computer, nothing is downloaded. */
export function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(permission === POINTER_LOCK));
  session.setPermissionCheckHandler((_contents, permission) => permission === POINTER_LOCK);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => {
    const isLocal = isAppUrl(details.url) || /^(devtools|blob|data):/.test(details.url);
    decide({ cancel: !isLocal });
  });
  session.on('will-download', (event) => event.preventDefault());
  session.setSpellCheckerEnabled(false);
}
