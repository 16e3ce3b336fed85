import { bridge } from '../../app/bridge.ts';
import type {
  DevicesFrame,
  ExitsFrame,
  MachineViewFrame,
  SerialFrame,
  VcpuFrame,
} from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { ScreenFrame } from '../../../src-preload/contract/layouts/ScreenFrame.ts';
import type { OpenStream } from '../../../src-preload/contract/BridgeClient.ts';

/** The parts of a machine's stream, by the panel that shows each. */
export interface Parts {
  /** Null: off. */
  vcpus: readonly VcpuFrame[] | null;
  screen: ScreenFrame | null;
  serial: SerialFrame;
  exits: ExitsFrame;
  /** Null: off. */
  devices: DevicesFrame | null;
}
export type PartName = keyof Parts;

/** As much of the serial past as a console that opens later is shown. */
const SERIAL_KEPT = 64 * 1024;

/**
 * One machine's live data, from main's stream to the panels that are open. Holds the latest of every part, so
 * that a panel which opens later starts with it. Nothing here is reactive.
 */
export class MachineFeed {
  readonly latest: Partial<Parts> = {};
  readonly #listeners: { [Name in PartName]: Set<(part: Parts[Name]) => void> } = {
    vcpus: new Set(),
    screen: new Set(),
    serial: new Set(),
    exits: new Set(),
    devices: new Set(),
  };
  readonly #stream: OpenStream;
  /** Serial output since power-on or the oldest kept. */
  #serialPast: Uint8Array[] = [];

  constructor(id: string) {
    this.#stream = bridge().open(
      'stream:machine',
      { id, parts: ['vcpus', 'screen', 'serial', 'exits', 'devices'], intervalMs: 16 },
      { onFrame: (frame) => this.#apply(frame) },
    );
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  /** Tells of a part at once, if it is known, and whenever it changes; returns its disposer. */
  on<Name extends PartName>(name: Name, listener: (part: Parts[Name]) => void): () => void {
    this.#listeners[name].add(listener);
    const present = name === 'serial' ? (this.#serialHistory() as Parts[Name]) : this.latest[name]; // Name is 'serial'
    if (present !== undefined) listener(present);
    return () => this.#listeners[name].delete(listener);
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stream.close();
  }

  readonly #onVisibility = (): void => this.#stream.setVisible(!document.hidden);

  #apply(frame: MachineViewFrame): void {
    if (frame.serial) this.#keepSerial(frame.serial);
    this.#tell('vcpus', frame.vcpus);
    this.#tell('screen', frame.screen);
    this.#tell('serial', frame.serial);
    this.#tell('exits', frame.exits);
    this.#tell('devices', frame.devices);
  }

  #tell<Name extends PartName>(name: Name, part: Parts[Name] | undefined): void {
    if (part === undefined) return;
    this.latest[name] = part;
    for (const listener of this.#listeners[name]) listener(part);
  }

  #keepSerial({ restart, bytes }: SerialFrame): void {
    if (restart) this.#serialPast = [];
    this.#serialPast.push(bytes);
    let kept = this.#serialPast.reduce((sum, part) => sum + part.length, 0);
    while (this.#serialPast.length > 1 && kept - (this.#serialPast[0]?.length ?? 0) > SERIAL_KEPT) {
      kept -= this.#serialPast.shift()?.length ?? 0;
    }
  }

  #serialHistory(): SerialFrame | undefined {
    if (this.#serialPast.length === 0) return undefined;
    const length = this.#serialPast.reduce((sum, part) => sum + part.length, 0);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of this.#serialPast) {
      bytes.set(part, at);
      at += part.length;
    }
    return { restart: true, bytes, droppedBytes: 0 };
  }
}
