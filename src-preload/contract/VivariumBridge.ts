/**
 * What the preload puts at `window.vivarium`: four doors and no knowledge. Main checks every name and every
 * value; `BridgeClient` gives them their types.
 */
export interface VivariumBridge {
  /** Resolves to an `Outcome`, never rejects for an expected failure. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Returns its disposer. */
  subscribe(name: string, listener: (payload: unknown) => void): () => void;
  /**
   * Asks for a stream; resolves to an `Outcome<void>`. Its port arrives at the window as a `message` event with
   * `data` of `StreamPortMessage` and the port in `ports`, before or after that.
   */
  openStream(name: string, streamId: number, parameters: unknown): Promise<unknown>;
  /** Turns a file that the user dropped into a grant: an `Outcome<FileGrant>`. Takes a DOM `File`. */
  grantFile(file: object): Promise<unknown>;
}

export const STREAM_PORT_MESSAGE = 'vivarium:stream-port';

export interface StreamPortMessage {
  readonly type: typeof STREAM_PORT_MESSAGE;
  readonly streamId: number;
}

/** The channels of Electron's ipc that the bridge uses; nothing else listens. */
export const IPC_CHANNELS = {
  call: 'vivarium:call',
  event: 'vivarium:event',
  openStream: 'vivarium:open-stream',
  streamPort: 'vivarium:stream-port',
  grantFile: 'vivarium:grant-file',
} as const;
