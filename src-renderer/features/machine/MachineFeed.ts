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
import { SerialPast } from './SerialPast.ts';

/** The parts of a machine's stream, by the panel that shows each. */
export interface Parts {
  /** Null: off. */
  vcpus: readonly VcpuFrame[] | null;
  screen: ScreenFrame | null;
  serial: SerialFrame;
  /** Of the virtio console. */
  console: SerialFrame;
  exits: ExitsFrame;
  /** Null: off. */
  devices: DevicesFrame | null;
}
export type PartName = keyof Parts;

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
    console: new Set(),
    exits: new Set(),
    devices: new Set(),
  };
  readonly #stream: OpenStream;
  readonly #pasts = { serial: new SerialPast(), console: new SerialPast() };

  constructor(id: string) {
    this.#stream = bridge().open(
      'stream:machine',
      { id, parts: ['vcpus', 'screen', 'serial', 'console', 'exits', 'devices'], intervalMs: 16 },
      { onFrame: (frame) => this.#apply(frame) },
    );
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  /** Tells of a part at once, if it is known, and whenever it changes; returns its disposer. */
  on<Name extends PartName>(name: Name, listener: (part: Parts[Name]) => void): () => void {
    this.#listeners[name].add(listener);
    // Name is one of the two.
    const present = isSerial(name) ? (this.#pasts[name].frame as Parts[Name] | undefined) : this.latest[name];
    if (present !== undefined) listener(present);
    return () => this.#listeners[name].delete(listener);
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stream.close();
  }

  readonly #onVisibility = (): void => this.#stream.setVisible(!document.hidden);

  #apply(frame: MachineViewFrame): void {
    if (frame.serial) this.#pasts.serial.add(frame.serial);
    if (frame.console) this.#pasts.console.add(frame.console);
    this.#tell('vcpus', frame.vcpus);
    this.#tell('screen', frame.screen);
    this.#tell('serial', frame.serial);
    this.#tell('console', frame.console);
    this.#tell('exits', frame.exits);
    this.#tell('devices', frame.devices);
  }

  #tell<Name extends PartName>(name: Name, part: Parts[Name] | undefined): void {
    if (part === undefined) return;
    this.latest[name] = part;
    for (const listener of this.#listeners[name]) listener(part);
  }
}

function isSerial(name: PartName): name is 'serial' | 'console' {
  return name === 'serial' || name === 'console';
}
