import { BridgeClient, type BridgeWindow } from '../../src-preload/contract/BridgeClient.ts';

declare global {
  interface Window {
    readonly vivarium: BridgeWindow['vivarium'];
  }
}

let client: BridgeClient | undefined;

/** The one way to main. Made at first use, so that a test may put its own bridge at `window.vivarium` before. */
export function bridge(): BridgeClient {
  // The client asks for the few members of Window and MessagePort that it uses; their DOM types are wider.
  client ??= new BridgeClient(window as unknown as BridgeWindow);
  return client;
}
