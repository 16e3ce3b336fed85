import { typePlainText } from '../machine/keyboard/typing.ts';
import type { MachineSet } from './MachineSet.ts';
import { done } from './results.ts';
import type {
  ConsoleService,
  DeviceActivity,
  Disposer,
  KeyStroke,
  MouseMotion,
  Result,
  Screen,
  ScreenChange,
  VmId,
} from './types.ts';

/** Shows what machines have put out, and hands them what is put in. */
export class ConsoleCommands implements ConsoleService {
  readonly #machines: MachineSet;

  constructor(machines: MachineSet) {
    this.#machines = machines;
  }

  screen(id: VmId): Screen | undefined {
    return this.#machines.get(id)?.screen.screen;
  }

  screenRevision(id: VmId): number {
    return this.#machines.get(id)?.screen.revision ?? 0;
  }

  screenSince(id: VmId, revision: number): ScreenChange | undefined {
    const mirror = this.#machines.get(id)?.screen;
    if (mirror === undefined || mirror.revision === revision) return undefined;
    return { revision: mirror.revision, screen: mirror.since(revision) ?? null };
  }

  watchScreen(id: VmId, perSecond: number): Disposer {
    return this.#machines.get(id)?.watchScreen(perSecond) ?? (() => undefined);
  }

  sendScanCodes(id: VmId, codes: readonly number[]): Result<null> {
    return this.#machines.post(id, 'sendScanCodes', codes);
  }

  sendKeys(id: VmId, keys: readonly KeyStroke[]): Result<null> {
    return this.#machines.post(id, 'sendKeys', keys);
  }

  moveMouse(id: VmId, motion: MouseMotion): Result<null> {
    return this.#machines.post(id, 'moveMouse', motion);
  }

  typeText(id: VmId, text: string): Result<{ readonly missing: readonly string[] }> {
    const layout = this.#machines.get(id)?.stored.keyboardLayout ?? 'us';
    const posted = this.#machines.post(id, 'typeText', { text, layout });
    return posted.ok ? done({ missing: typePlainText(text, layout).missing }) : posted;
  }

  deviceActivity(id: VmId): DeviceActivity | undefined {
    return this.#machines.get(id)?.deviceActivity();
  }

  sendSerial(id: VmId, bytes: Uint8Array, port = 0): Result<null> {
    return this.#machines.post(id, 'serialInput', { port, bytes });
  }

  serialHistory(id: VmId, port = 0): Uint8Array {
    return this.#machines.get(id)?.serialHistories.bytes(port) ?? new Uint8Array(0);
  }
}
