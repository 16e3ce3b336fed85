import type { AccessWidth } from '../../engine/VirtualProcessor.ts';

const LOG = 1;
const EXIT = 2;

/** What a tap does with a write. */
export interface PortTapActions {
  /** A byte written to a logged port. */
  log(port: number, byte: number): void;
  /** The value written to the exit port, as wide as it was written. */
  exit(port: number, value: number): void;
}

/**
 * Ports that the user listens to, whatever device they belong to, if any: `--log-port` and `--exit-port`.
 * A wide write reaches the ports it covers, each with its own byte.
 */
export class PortTaps {
  private readonly actions: PortTapActions;
  private readonly taps = new Map<number, number>();

  constructor(logPorts: readonly number[], exitPort: number | undefined, actions: PortTapActions) {
    this.actions = actions;
    for (const port of logPorts) this.taps.set(port, LOG);
    if (exitPort !== undefined) this.taps.set(exitPort, (this.taps.get(exitPort) ?? 0) | EXIT);
  }

  get isEmpty(): boolean {
    return this.taps.size === 0;
  }

  isTapped(port: number): boolean {
    return this.taps.has(port);
  }

  /** Returns whether any tap took the write. */
  onWrite(port: number, width: AccessWidth, value: number): boolean {
    let isTaken = false;
    for (let i = 0; i < width; i++) {
      const tapped = (port + i) & 0xffff;
      const tap = this.taps.get(tapped);
      if (tap === undefined) continue;
      isTaken = true;
      if (tap & LOG) this.actions.log(tapped, (value >>> (8 * i)) & 0xff);
      if (tap & EXIT) this.actions.exit(tapped, value >>> (8 * i));
    }
    return isTaken;
  }
}
