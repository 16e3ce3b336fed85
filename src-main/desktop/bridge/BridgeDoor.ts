import { ipcMain } from 'electron';
import { IPC_CHANNELS } from '../../../src-preload/contract/VivariumBridge.ts';
import type { BridgeServer } from './BridgeServer.ts';

/** The page's way in, open before there is somebody to answer: what a page that loads meanwhile says waits. */
export class BridgeDoor {
  private readonly server: Promise<BridgeServer>;
  private resolve: (server: BridgeServer) => void = () => undefined;

  constructor() {
    this.server = new Promise((resolve) => (this.resolve = resolve));
    ipcMain.handle(IPC_CHANNELS.call, async (event, name: unknown, input: unknown) =>
      (await this.server).call(event, name, input),
    );
    ipcMain.handle(IPC_CHANNELS.openStream, async (event, name: unknown, streamId: unknown, parameters: unknown) =>
      (await this.server).openStream(event, name, streamId, parameters),
    );
    ipcMain.handle(IPC_CHANNELS.grantFile, async (event, path: unknown) => (await this.server).grantFile(event, path));
  }

  openTo(server: BridgeServer): void {
    this.resolve(server);
  }
}
