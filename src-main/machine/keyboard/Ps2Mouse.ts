import { ByteQueue } from '../ByteQueue.ts';
import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes, readFlag } from '../snapshot.ts';
import { PS2, type Ps2Device } from './Ps2Device.ts';

const BUFFER_BYTES = 32;
const WHEEL_KNOCK = [200, 100, 80] as const;
/** What a mouse with a wheel answers to F2h. */
const WHEEL_MOUSE = 0x03;

/**
 * A PS/2 mouse with three buttons (IBM PS/2 Hardware Interface Technical Reference, "Mouse") and a wheel
 * (Microsoft IntelliMouse: sample rates 200, 100, 80 in a row make it identify itself as 3 and send the wheel).
 * Packet: byte 0: bits 2..0 middle, right, left button, bit 3 one, bits 5..4 signs of y and x; then x and y, then
 * the wheel's steps towards the user, if asked for.
 *
 * Commands: E6/E7 scaling (kept, no effect), E8 resolution, E9 status, EA stream mode, EB read, EC/EE wrap mode,
 * F0 remote mode, F2 identify, F3 sample rate, F4/F5 reports on/off, F6 default, FE resend, FF reset.
 */
export class Ps2Mouse implements Ps2Device {
  onOutput: (() => void) | undefined;
  private readonly queue = new ByteQueue(BUFFER_BYTES);
  private isReporting = false;
  private isRemote = false;
  private isWrapping = false;
  private scaling = 0;
  private resolution = 2;
  private sampleRate = 100;
  private buttons = 0;
  private command = 0;
  private lastSent = 0;
  private hasWheel = false;
  /** The last three sample rates that were set. */
  private rates: readonly number[] = [];

  /** Movement in counts, y upwards; buttons: bit 0 left, 1 right, 2 middle; wheel: steps towards the user. */
  move(dx: number, dy: number, buttons: number, wheel = 0): void {
    this.buttons = buttons & 7;
    if (!this.isReporting || this.isRemote || this.queue.length > BUFFER_BYTES - 8) return;
    this.putPacket(dx, dy, wheel);
  }

  get hasOutput(): boolean {
    return this.queue.length > 0;
  }

  take(): number | undefined {
    const byte = this.queue.shift();
    if (byte !== undefined) this.lastSent = byte;
    return byte;
  }

  receive(byte: number): void {
    if (this.isWrapping && byte !== 0xec && byte !== 0xff) {
      this.put(byte);
      return;
    }
    const command = this.command;
    this.command = 0;
    if (command === 0xe8) this.resolution = byte & 3;
    else if (command === 0xf3) this.setSampleRate(byte);
    else {
      this.onCommand(byte);
      return;
    }
    this.put(PS2.acknowledge);
  }

  reset(): void {
    this.queue.clear();
    this.setDefaults();
    this.isWrapping = false;
    this.buttons = 0;
    this.command = 0;
    this.lastSent = 0;
    this.hasWheel = false;
    this.rates = [];
  }

  save(): DeviceState {
    return {
      version: 2,
      queue: this.queue.toArray(),
      isReporting: this.isReporting,
      isRemote: this.isRemote,
      isWrapping: this.isWrapping,
      scaling: this.scaling,
      resolution: this.resolution,
      sampleRate: this.sampleRate,
      buttons: this.buttons,
      command: this.command,
      lastSent: this.lastSent,
      hasWheel: this.hasWheel,
      rates: [...this.rates],
    };
  }

  restore(state: DeviceState): void {
    checkVersion('mouse', state, 2);
    this.queue.replace(readBytes(state, 'queue', BUFFER_BYTES));
    this.isReporting = readFlag(state, 'isReporting');
    this.isRemote = readFlag(state, 'isRemote');
    this.isWrapping = readFlag(state, 'isWrapping');
    this.scaling = readByte(state, 'scaling');
    this.resolution = readByte(state, 'resolution');
    this.sampleRate = readByte(state, 'sampleRate');
    this.buttons = readByte(state, 'buttons');
    this.command = readByte(state, 'command');
    this.lastSent = readByte(state, 'lastSent');
    this.hasWheel = readFlag(state, 'hasWheel');
    this.rates = readBytes(state, 'rates', WHEEL_KNOCK.length);
  }

  private onCommand(byte: number): void {
    switch (byte) {
      case 0xe6:
      case 0xe7:
        this.scaling = byte & 1;
        break;
      case 0xe8:
      case 0xf3:
        this.command = byte;
        break;
      case 0xe9:
        this.put(PS2.acknowledge, this.status(), this.resolution, this.sampleRate);
        return;
      case 0xea:
        this.isRemote = false;
        break;
      case 0xeb:
        this.put(PS2.acknowledge);
        this.putPacket(0, 0, 0);
        return;
      case 0xec:
      case 0xee:
        this.isWrapping = byte === 0xee;
        break;
      case 0xf0:
        this.isRemote = true;
        break;
      case 0xf2:
        this.put(PS2.acknowledge, this.hasWheel ? WHEEL_MOUSE : 0x00);
        return;
      case 0xf4:
      case 0xf5:
        this.isReporting = byte === 0xf4;
        break;
      case 0xf6:
        this.setDefaults();
        break;
      case 0xfe:
        this.put(this.lastSent);
        return;
      case 0xff:
        this.reset();
        this.put(PS2.acknowledge, PS2.selfTestPassed, 0x00);
        return;
      default:
        this.put(PS2.resend);
        return;
    }
    this.put(PS2.acknowledge);
  }

  /** Bit 6 remote, 5 reports on, 4 scaling 2:1, bits 2..0 left, middle, right button. */
  private status(): number {
    const swapped = ((this.buttons & 1) << 2) | ((this.buttons >> 1) & 1) | ((this.buttons >> 1) & 2);
    return (this.isRemote ? 0x40 : 0) | (this.isReporting ? 0x20 : 0) | (this.scaling << 4) | swapped;
  }

  private setSampleRate(rate: number): void {
    this.sampleRate = rate;
    this.rates = [...this.rates, rate].slice(-WHEEL_KNOCK.length);
    if (WHEEL_KNOCK.every((knock, index) => knock === this.rates[index])) this.hasWheel = true;
  }

  private putPacket(dx: number, dy: number, wheel: number): void {
    const x = Math.max(-255, Math.min(255, Math.trunc(dx)));
    const y = Math.max(-255, Math.min(255, Math.trunc(dy)));
    this.put(0x08 | this.buttons | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0), x & 0xff, y & 0xff);
    if (this.hasWheel) this.put(Math.max(-8, Math.min(7, Math.trunc(wheel))) & 0xff);
  }

  private setDefaults(): void {
    this.isReporting = false;
    this.isRemote = false;
    this.scaling = 0;
    this.resolution = 2;
    this.sampleRate = 100;
  }

  private put(...bytes: readonly number[]): void {
    const wasEmpty = !this.hasOutput;
    for (const byte of bytes) this.queue.push(byte);
    if (wasEmpty) this.onOutput?.();
  }
}
