/** Ctrl-C, and Ctrl-A which starts a command to the console itself. */
const CTRL_C = 0x03;
const CTRL_A = 0x01;
const QUIT = 'x'.charCodeAt(0);
const POWER_BUTTON = 'p'.charCodeAt(0);

/**
 * Keys on their way from a terminal to the guest's serial port. At a terminal Ctrl-C and Ctrl-A x leave, Ctrl-A p
 * presses the machine's power button, and Ctrl-A Ctrl-A is one Ctrl-A for the guest; from a pipe every byte is the
 * guest's.
 */
export class SerialConsole {
  private pending: number[] = [];
  private isInteractive = false;
  private isCommand = false;
  private leave: 'interrupt' | 'quit' | undefined;
  private isPowerButtonPressed = false;

  setInteractive(isInteractive: boolean): void {
    this.isInteractive = isInteractive;
  }

  /** How the user wants to leave: by Ctrl-C, or by the console's own command. */
  get leaving(): 'interrupt' | 'quit' | undefined {
    return this.leave;
  }

  /** Whether the power button was pressed since the last call. */
  takePowerButton(): boolean {
    const isPressed = this.isPowerButtonPressed;
    this.isPowerButtonPressed = false;
    return isPressed;
  }

  /** Bytes that the guest has not taken yet. */
  get length(): number {
    return this.pending.length;
  }

  type(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (!this.isInteractive) this.pending.push(byte);
      else if (this.isCommand) {
        this.isCommand = false;
        if (byte === QUIT) this.leave = 'quit';
        else if (byte === POWER_BUTTON) this.isPowerButtonPressed = true;
        else if (byte === CTRL_A) this.pending.push(CTRL_A);
      } else if (byte === CTRL_C) this.leave = 'interrupt';
      else if (byte === CTRL_A) this.isCommand = true;
      else this.pending.push(byte);
    }
  }

  /** Hands what waits to a port that takes as much as it can. */
  feed(port: (bytes: readonly number[]) => number): void {
    if (this.pending.length > 0) this.pending = this.pending.slice(port(this.pending));
  }
}
