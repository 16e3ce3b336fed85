import { app, BrowserWindow } from 'electron';
import path from 'node:path';

void app.whenReady().then(async () => {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    title: 'Vivarium',
    webPreferences: { preload: path.join(__dirname, '../preload/index.cjs'), sandbox: true, contextIsolation: true },
  });
  await window.loadFile(path.join(__dirname, '../renderer/index.html'));
});
app.on('window-all-closed', () => app.quit());
