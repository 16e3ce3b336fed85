import type { DeviceState } from '../BusDevice.ts';

/** What the controller's two ports connect to: something that takes command bytes and queues answers. */
export interface Ps2Device {
  /** A byte from the host: a command or its parameter. */
  receive(byte: number): void;
  /** Next byte for the host, or undefined. */
  take(): number | undefined;
  readonly hasOutput: boolean;
  /** Called when the first byte is queued. */
  onOutput: (() => void) | undefined;
  /** Power-on state; sends the self-test's result as a device does that has just been switched on, or not. */
  reset(): void;
  save(): DeviceState;
  restore(state: DeviceState): void;
}

/** Answers that both devices share (IBM PS/2 Hardware Interface Technical Reference, "Keyboard Commands"). */
export const PS2 = {
  acknowledge: 0xfa,
  resend: 0xfe,
  selfTestPassed: 0xaa,
} as const;
