import type { Disposer } from './events.ts';
import type { VmId } from './definition.ts';
import type { DeviceActivity } from './lifeCycle.ts';
import type { Result } from './results.ts';
import type { KeyStroke, MouseMotion, Screen, ScreenChange } from './views.ts';

/** What somebody has before them who sits at a machine: its screen, keyboard, mouse, serial lines and lights. */
export interface ConsoleService {
  /** The whole screen as it was last seen; undefined while the machine shows nothing, or nobody has looked. */
  screen(id: VmId): Screen | undefined;
  /** Grows with every change of the screen. */
  screenRevision(id: VmId): number;
  /** What the screen shows that it did not at `revision` (-1: nothing is known); undefined when nothing has changed. */
  screenSince(id: VmId, revision: number): ScreenChange | undefined;
  /** Keeps the screen up to date, looking for changes so many times a second, until the disposer is called. */
  watchScreen(id: VmId, perSecond: number): Disposer;
  /** Set-1 scan codes as the keyboard sends them. */
  sendScanCodes(id: VmId, codes: readonly number[]): Result<null>;
  /** Keys by their `KeyboardEvent.code`. */
  sendKeys(id: VmId, keys: readonly KeyStroke[]): Result<null>;
  moveMouse(id: VmId, motion: MouseMotion): Result<null>;
  /** Types as on its machine's layout, as fast as the guest takes it; what this has no keys for is left out and returned. */
  typeText(id: VmId, text: string): Result<{ readonly missing: readonly string[] }>;
  /** What its drives and network adapter did since power-on; undefined while off. */
  deviceActivity(id: VmId): DeviceActivity | undefined;
  sendSerial(id: VmId, bytes: Uint8Array, port?: number): Result<null>;
  /** The newest output, oldest first; at most 256 KiB are kept for each machine. */
  serialHistory(id: VmId, port?: number): Uint8Array;
}
