import type { Chipset } from './Chipset.ts';
import type { InsertOutcome } from './drives/DriveBay.ts';
import type { RemovableSlot } from './drives/DriveSlot.ts';
import type { DiskImage } from './images/DiskImage.ts';
import { keysFromSet1 } from './keyboard/keys.ts';
import type { KeyboardLayout } from './keyboard/layouts.ts';
import type { Typist } from './keyboard/Typist.ts';
import { type TypingStep, typePlainText } from './keyboard/typing.ts';
import type { InputObserver, MachineInput, MachinePosition } from './MachineInput.ts';

/** The machine that the inputs are for. */
export interface InputTarget {
  readonly chipset: Chipset;
  readonly typist: Typist;
  position(): MachinePosition;
  /** Lets happen what is due at this position. */
  settle(): void;
}

/** Everything by which the host reaches a guest's devices: keys, the mouse, bytes, frames, the power button, media. */
export class HostInputs {
  /** Told of all that reaches the machine from outside, but for programs. */
  onInput: InputObserver | undefined;
  private readonly target: InputTarget;

  constructor(target: InputTarget) {
    this.target = target;
  }

  /** What is due at this position comes before the input, in each run: they would meet in either order otherwise. */
  note(input: MachineInput): void {
    this.target.settle();
    this.onInput?.(this.target.position(), input);
  }

  /** A key went down or up, by its `KeyboardEvent.code`; returns false when there is no such key. */
  key(code: string, isDown: boolean): boolean {
    this.note({ kind: 'key', code, isDown });
    return this.target.chipset.keyboard.key(code, isDown);
  }

  /** Keys as set 1 scan codes, E0 prefixes included. */
  sendScanCodes(codes: readonly number[]): void {
    for (const { code, isDown } of keysFromSet1(codes)) this.key(code, isDown);
  }

  /** Types plain text in a system that is set to a layout, as fast as the guest takes it. */
  typeText(text: string, layout: KeyboardLayout): void {
    this.type(typePlainText(text, layout).steps, { whenReady: false });
  }

  /** Types what `parseTyping` made of a text; `whenReady` waits until the guest expects keys, two seconds at most. */
  type(steps: readonly TypingStep[], options: { readonly whenReady: boolean }): void {
    this.note({ kind: 'type', steps, whenReady: options.whenReady });
    this.target.typist.type(steps, options);
  }

  get isTyping(): boolean {
    return this.target.typist.isTyping;
  }

  /** Mouse movement in counts, y upwards; buttons: bit 0 left, 1 right, 2 middle; wheel: steps towards the user. */
  moveMouse(dx: number, dy: number, buttons: number, wheel = 0): void {
    this.note({ kind: 'mouse', dx, dy, buttons, wheel });
    this.target.chipset.mouse.move(dx, dy, buttons, wheel);
  }

  /**
   * Somebody presses the button on the machine's front: a system that listens shuts itself down. Returns whether the
   * guest listens.
   */
  pressPowerButton(): boolean {
    this.note({ kind: 'power-button' });
    return this.target.chipset.pci?.power.pm.pressPowerButton() ?? false;
  }

  /** Bytes for serial port `port` (0 is COM1); returns how many it took. Offer the rest again later. */
  serialInput(bytes: ArrayLike<number>, port = 0): number {
    const uart = this.target.chipset.uarts[port];
    if (uart === undefined) return bytes.length;
    const taken = Uint8Array.from(bytes).subarray(0, uart.room);
    if (taken.length > 0) this.note({ kind: 'serial', port, bytes: taken });
    return uart.receive(taken);
  }

  /** Bytes for the virtio console; returns how many it took, all of them in a machine without. */
  consoleInput(bytes: ArrayLike<number>): number {
    const { virtioConsole } = this.target.chipset;
    if (virtioConsole === undefined) return bytes.length;
    const taken = Uint8Array.from(bytes).subarray(0, virtioConsole.room);
    if (taken.length > 0) this.note({ kind: 'console', bytes: taken });
    return virtioConsole.receive(taken);
  }

  /** Another medium, or none, in a drive. A guest that has locked its drive learns what the host wants. */
  changeMedium(slot: RemovableSlot, image: DiskImage | undefined): InsertOutcome {
    this.note({ kind: 'medium', slot, image: image ?? null });
    return this.target.chipset.drives.insert(slot, image);
  }

  /** A frame from the network; lost when the machine has no adapter, or too many wait for it already. */
  receiveFrame(frame: Uint8Array): void {
    this.note({ kind: 'frame', bytes: frame });
    this.target.chipset.network?.receive(frame);
  }
}
