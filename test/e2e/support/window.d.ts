import type { VivariumBridge } from '../../../src-preload/contract/VivariumBridge.ts';

declare global {
  interface Window {
    readonly vivarium: VivariumBridge;
  }
}
