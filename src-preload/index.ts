import * as electron from 'electron';
import {
  IPC_CHANNELS,
  STREAM_PORT_MESSAGE,
  type StreamPortMessage,
  type VivariumBridge,
} from './contract/VivariumBridge.ts';

const { contextBridge, ipcRenderer } = electron;

/** What a dropped file is called on disk; empty when it has no path, or is something else dressed up as a file. */
function pathOf(file: object): string {
  if (!(file instanceof File)) return '';
  // Electron 25's typings have no webUtils yet; its `File` carries the path itself.
  const { webUtils } = electron as { webUtils?: { getPathForFile(file: object): string } };
  if (webUtils) return webUtils.getPathForFile(file);
  return 'path' in file && typeof file.path === 'string' ? file.path : '';
}

const listeners = new Map<string, Set<(payload: unknown) => void>>();

ipcRenderer.on(IPC_CHANNELS.event, (_event, name: string, payload: unknown) => {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(payload);
});

// A MessagePort cannot cross the context bridge; a window message carries it into the page's own world.
ipcRenderer.on(IPC_CHANNELS.streamPort, (event, streamId: number) => {
  const message: StreamPortMessage = { type: STREAM_PORT_MESSAGE, streamId };
  window.postMessage(message, window.location.origin, [...event.ports]);
});

const bridge: VivariumBridge = {
  call: (name, input) => ipcRenderer.invoke(IPC_CHANNELS.call, name, input),
  subscribe(name, listener) {
    const own = (payload: unknown): void => listener(payload);
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(own));
    return () => void set.delete(own);
  },
  openStream: (name, streamId, parameters) => ipcRenderer.invoke(IPC_CHANNELS.openStream, name, streamId, parameters),
  // Only here can a path enter: the page hands over the file, never a name.
  grantFile: (file) => ipcRenderer.invoke(IPC_CHANNELS.grantFile, pathOf(file)),
};

contextBridge.exposeInMainWorld('vivarium', bridge);
