import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readFlag } from '../snapshot.ts';
import type { ServiceFrame } from './ServiceFrame.ts';

/** Version 1.2, in BCD. */
const VERSION = 0x0102;
const LEAST_VERSION = 0x0100;
const MARK = 0x504d; // PM
/** Devices: the firmware itself, and all that it manages. */
const BIOS = 0x0000,
  ALL_DEVICES = 0x0001;
const STATE_READY = 0,
  STATE_OFF = 3,
  STATE_LAST = 5;
const ERROR = {
  alreadyConnected: 0x02,
  notConnected: 0x03,
  no16BitInterface: 0x06,
  no32BitInterface: 0x08,
  unknownDevice: 0x09,
  badParameter: 0x0a,
  noEvent: 0x80,
  unsupported: 0x86,
} as const;
/** AC power, and neither a battery nor news of one. */
const ON_LINE = 0x01,
  UNKNOWN = 0xff,
  NO_BATTERY = 0x80;

/**
 * INT 15h AH 53h: power management (Advanced Power Management BIOS Interface Specification 1.2), by the real-mode
 * interface alone. The processor can wait, and the machine can be switched off.
 */
export class PowerServices {
  private readonly powerOff: () => void;
  private isConnected = false;
  /** An idle call waits for an interrupt. */
  private isIdle = false;

  constructor(powerOff: () => void) {
    this.powerOff = powerOff;
  }

  powerOn(): void {
    this.isConnected = false;
    this.isIdle = false;
  }

  save(): DeviceState {
    return { version: 1, isConnected: this.isConnected, isIdle: this.isIdle };
  }

  restore(state: DeviceState): void {
    checkVersion('power services', state, 1);
    const [isConnected, isIdle] = [readFlag(state, 'isConnected'), readFlag(state, 'isIdle')];
    this.isConnected = isConnected;
    this.isIdle = isIdle;
  }

  serve(frame: ServiceFrame): void {
    const error = this.serveFunction(frame);
    frame.isCarry = error !== 0;
    if (error !== 0) frame.ah = error;
  }

  /** Returns the error, 0 for none. */
  private serveFunction(frame: ServiceFrame): number {
    switch (frame.al) {
      case 0x00:
        if (frame.bx !== BIOS) return ERROR.unknownDevice;
        frame.ax = VERSION;
        frame.bx = MARK;
        // Neither protected-mode interface; idle calls do not slow the clock.
        frame.cx = 0;
        return 0;
      case 0x01:
        if (frame.bx !== BIOS) return ERROR.unknownDevice;
        if (this.isConnected) return ERROR.alreadyConnected;
        this.isConnected = true;
        return 0;
      case 0x02:
        return ERROR.no16BitInterface;
      case 0x03:
        return ERROR.no32BitInterface;
      default:
        return this.isConnected ? this.serveConnected(frame) : ERROR.notConnected;
    }
  }

  private serveConnected(frame: ServiceFrame): number {
    switch (frame.al) {
      case 0x04:
        if (frame.bx !== BIOS) return ERROR.unknownDevice;
        this.isConnected = false;
        return 0;
      case 0x05:
        this.isIdle = !this.isIdle;
        if (this.isIdle) frame.again('interrupt');
        return 0;
      case 0x06:
        return 0;
      case 0x07:
        return this.setState(frame);
      // Power management on or off, defaults, engaged or not: all is managed as it is.
      case 0x08:
      case 0x09:
      case 0x0d:
      case 0x0f:
        return frame.bx === ALL_DEVICES || frame.bx === 0xffff ? 0 : ERROR.unknownDevice;
      case 0x0a:
        if (frame.bx !== ALL_DEVICES) return ERROR.unknownDevice;
        frame.bx = (ON_LINE << 8) | UNKNOWN;
        frame.cx = (NO_BATTERY << 8) | UNKNOWN;
        frame.dx = 0xffff;
        return 0;
      case 0x0b:
        return ERROR.noEvent;
      case 0x0c:
        if (frame.bx !== ALL_DEVICES) return ERROR.unknownDevice;
        frame.cx = STATE_READY;
        return 0;
      case 0x0e:
        if (frame.bx !== BIOS) return ERROR.unknownDevice;
        frame.ax = Math.max(LEAST_VERSION, Math.min(VERSION, frame.cx));
        return 0;
      default:
        return ERROR.unsupported;
    }
  }

  /** Standby and suspend end at once: whatever is to wake the machine may be there already. */
  private setState({ bx, cx }: ServiceFrame): number {
    if (bx !== ALL_DEVICES) return ERROR.unknownDevice;
    if (cx > STATE_LAST) return ERROR.badParameter;
    if (cx === STATE_OFF) this.powerOff();
    return 0;
  }
}
