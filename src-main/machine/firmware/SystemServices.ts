import type { DeviceState } from '../BusDevice.ts';
import { type MemoryRange, memoryMap } from '../loaders/MemoryMap.ts';
import { checkVersion, readOptionalTime } from '../snapshot.ts';
import type { ClockServices } from './ClockServices.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import type { PowerServices } from './PowerServices.ts';
import { ROM, ROM_SEGMENT } from './rom.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SMAP = 0x534d_4150;
const EBDA_SEGMENT = 0x9fc0;
const UNSUPPORTED = 0x86;
/** System control port A. */
const CONTROL_PORT = 0x92;
const CONTROL = { reset: 1, addressLine20: 2 } as const;

/** Where the data area names the parallel ports; the fourth's place is taken by the extended data area's segment. */
export const PRINTER_PORTS = 0x08;
const PRINTER_COUNT = 3;
const PRINTER_TIMEOUTS = 0x78,
  SERIAL_TIMEOUTS = 0x7c;
const PRINTER_TIMED_OUT = 0x01;

/** A period of the RTC's interrupt, which ends a halt. */
const SHORT_WAIT_NS = 1_000_000;

/** Bytes of a range's description, INT 15h E820h. */
const RANGE_BYTES = 20;

/** What the services reach of the machine's hardware. */
export interface SystemHardware {
  readonly memoryBytes: number;
  /** Guest time in nanoseconds. */
  now(): number;
  readPort(port: number): number;
  writePort(port: number, value: number): void;
  /** Puts a command to the PS/2 mouse and returns its answer, acknowledgement excluded. */
  mouseCommand(...bytes: readonly number[]): readonly number[];
}

/** Services of INT 15h that are a matter of their own. */
export interface SystemParts {
  readonly clock: ClockServices;
  readonly power: PowerServices;
}

/** INT 14h, 15h and 17h (IBM BIOS Interface Technical Reference; E820h by ACPI 6.5, 15.1). */
export class SystemServices {
  private readonly memory: FirmwareMemory;
  private readonly hardware: SystemHardware;
  private readonly clock: ClockServices;
  private readonly power: PowerServices;
  /** End of the wait of INT 15h 86h that is under way. */
  private waitEnd: number | undefined;

  constructor(memory: FirmwareMemory, hardware: SystemHardware, parts: SystemParts) {
    this.memory = memory;
    this.hardware = hardware;
    this.clock = parts.clock;
    this.power = parts.power;
  }

  powerOn(): void {
    this.waitEnd = undefined;
    this.memory.setData16(0x0e, EBDA_SEGMENT);
    this.memory.setData16(0x13, 639);
    // How long INT 17h and INT 14h would wait for a device, by port.
    for (let port = 0; port < 4; port++) {
      this.memory.setData8(PRINTER_TIMEOUTS + port, 0x14);
      this.memory.setData8(SERIAL_TIMEOUTS + port, 0x01);
    }
    // Of the extended data area: its size in KiB.
    this.memory.writeBytes(linear(EBDA_SEGMENT, 0), new Uint8Array(0x100));
    this.memory.write8(linear(EBDA_SEGMENT, 0), 1);
  }

  save(): DeviceState {
    return { version: 1, waitEnd: this.waitEnd ?? null };
  }

  restore(state: DeviceState): void {
    checkVersion('system services', state, 1);
    this.waitEnd = readOptionalTime(state, 'waitEnd');
  }

  /** INT 15h. */
  serve15(frame: ServiceFrame): void {
    frame.isCarry = false;
    switch (frame.ah) {
      case 0x24:
        return this.gateA20(frame);
      case 0x4f:
        // The key is not taken: it goes on as it came.
        frame.isCarry = true;
        return;
      case 0x53:
        return this.power.serve(frame);
      case 0x83:
        if (!this.clock.serveEventWait(frame)) this.refuse15(frame);
        return;
      case 0x86:
        return this.wait(frame);
      case 0x87:
        return this.moveBlock(frame);
      case 0x88:
        frame.ax = Math.min(0xfc00, Math.floor((this.hardware.memoryBytes - MIB) / KIB));
        return;
      case 0x90:
      case 0x91:
        frame.ah = 0;
        return;
      case 0xc0:
        frame.ah = 0;
        frame.es = ROM_SEGMENT;
        frame.bx = ROM.configuration;
        return;
      case 0xc1:
        frame.es = EBDA_SEGMENT;
        return;
      case 0xc2:
        return this.servePointing(frame);
      case 0xe8:
        return this.describeMemory(frame);
      default:
        return this.refuse15(frame);
    }
  }

  /** INT 14h: the serial ports of 40:00. */
  serve14(frame: ServiceFrame): void {
    const { hardware } = this;
    const base = frame.dx < 4 ? this.memory.data16(frame.dx * 2) : 0;
    if (base === 0) {
      frame.ah = 0x80;
      return;
    }
    const status = (): number => hardware.readPort(base + 5);
    switch (frame.ah) {
      case 0x00: {
        const divisor = [1047, 768, 384, 192, 96, 48, 24, 12][frame.al >> 5] ?? 12;
        hardware.writePort(base + 3, 0x80);
        hardware.writePort(base, divisor & 0xff);
        hardware.writePort(base + 1, divisor >> 8);
        hardware.writePort(base + 3, frame.al & 0x1f);
        break;
      }
      case 0x01:
        hardware.writePort(base, frame.al);
        frame.ah = status() & 0x7f;
        return;
      case 0x02:
        if ((status() & 1) === 0) {
          frame.ah = 0x80;
          return;
        }
        frame.al = hardware.readPort(base);
        frame.ah = status() & 0x1e;
        return;
    }
    frame.ah = status();
    frame.al = hardware.readPort(base + 6);
  }

  /** INT 17h: the parallel ports of 40:08. */
  serve17(frame: ServiceFrame): void {
    const { hardware } = this;
    const base = frame.dx < PRINTER_COUNT ? this.memory.data16(PRINTER_PORTS + frame.dx * 2) : 0;
    if (base === 0) {
      frame.ah = PRINTER_TIMED_OUT;
      return;
    }
    if (frame.ah === 0x00) {
      hardware.writePort(base, frame.al);
      hardware.writePort(base + 2, 0x0d);
      hardware.writePort(base + 2, 0x0c);
    } else if (frame.ah === 0x01) {
      hardware.writePort(base + 2, 0x08);
      hardware.writePort(base + 2, 0x0c);
    }
    // Acknowledge and error are low when they hold.
    frame.ah = (hardware.readPort(base + 1) & 0xf8) ^ 0x48;
  }

  private gateA20(frame: ServiceFrame): void {
    const port = this.hardware.readPort(CONTROL_PORT) & ~CONTROL.reset;
    frame.ah = 0;
    switch (frame.al) {
      case 0:
        return this.hardware.writePort(CONTROL_PORT, port & ~CONTROL.addressLine20);
      case 1:
        return this.hardware.writePort(CONTROL_PORT, port | CONTROL.addressLine20);
      case 2:
        frame.al = port & CONTROL.addressLine20 ? 1 : 0;
        return;
      case 3:
        // Both the keyboard controller and port 92h.
        frame.bx = 3;
        return;
      default:
        this.refuse15(frame);
    }
  }

  private wait(frame: ServiceFrame): void {
    const now = this.hardware.now();
    this.waitEnd ??= now + ((frame.cx << 16) >>> 0) * 1000 + frame.dx * 1000;
    const left = this.waitEnd - now;
    // The last millisecond is too short to halt in.
    this.clock.setPeriodic(left > SHORT_WAIT_NS);
    if (left > 0) {
      frame.again(left > SHORT_WAIT_NS ? 'interrupt' : 'soon');
      return;
    }
    this.waitEnd = undefined;
    frame.isCarry = false;
  }

  /** CX words between the segments that the descriptors at ES:SI + 10h and + 18h describe, with A20 open. */
  private moveBlock(frame: ServiceFrame): void {
    const table = linear(frame.es, frame.si);
    const base = (at: number): number =>
      (this.memory.read16(at + 2) | (this.memory.read8(at + 4) << 16) | (this.memory.read8(at + 7) << 24)) >>> 0;
    const [from, to] = [base(table + 0x10), base(table + 0x18)];
    const gate = this.hardware.readPort(CONTROL_PORT);
    this.hardware.writePort(CONTROL_PORT, (gate & ~CONTROL.reset) | CONTROL.addressLine20);
    this.memory.writeBytes(to, this.memory.readBytes(from, frame.cx * 2));
    this.hardware.writePort(CONTROL_PORT, gate & ~CONTROL.reset);
    frame.ah = 0;
  }

  private describeMemory(frame: ServiceFrame): void {
    const { memoryBytes } = this.hardware;
    const above16 = Math.max(0, Math.floor((memoryBytes - 16 * MIB) / (64 * KIB)));
    const below16 = Math.max(0, Math.floor((Math.min(memoryBytes, 16 * MIB) - MIB) / KIB));
    switch (frame.al) {
      case 0x01:
        frame.ax = frame.cx = below16;
        frame.bx = frame.dx = Math.min(0xffff, above16);
        return;
      case 0x20:
        return this.giveRange(frame, memoryMap(memoryBytes));
      case 0x81:
        frame.eax = frame.ecx = below16;
        frame.ebx = frame.edx = above16;
        return;
      default:
        this.refuse15(frame);
    }
  }

  private giveRange(frame: ServiceFrame, ranges: readonly MemoryRange[]): void {
    const range = ranges[frame.ebx];
    if (frame.edx !== SMAP || frame.ecx < RANGE_BYTES || range === undefined) {
      this.refuse15(frame);
      return;
    }
    const to = linear(frame.es, frame.di);
    const length = range.end - range.start;
    this.memory.write32(to, range.start);
    this.memory.write32(to + 4, 0);
    this.memory.write32(to + 8, length % 2 ** 32);
    this.memory.write32(to + 12, Math.floor(length / 2 ** 32));
    this.memory.write32(to + 16, range.type);
    frame.eax = SMAP;
    frame.ecx = RANGE_BYTES;
    frame.ebx = frame.ebx + 1 < ranges.length ? frame.ebx + 1 : 0;
  }

  /** INT 15h C2h: the PS/2 mouse, for drivers that leave it to the BIOS. */
  private servePointing(frame: ServiceFrame): void {
    const { hardware, memory } = this;
    const area = linear(memory.data16(0x0e), 0);
    const flags = memory.read8(area + 0x27);
    frame.ah = 0;
    switch (frame.al) {
      case 0x00:
        hardware.mouseCommand(frame.bh === 0 ? 0xf5 : 0xf4);
        return;
      case 0x01:
        hardware.mouseCommand(0xff);
        frame.bx = 0xaa00;
        return;
      case 0x02:
        hardware.mouseCommand(0xf3, [10, 20, 40, 60, 80, 100, 200][frame.bh] ?? 100);
        return;
      case 0x03:
        hardware.mouseCommand(0xe8, frame.bh & 3);
        return;
      case 0x04:
        frame.bh = hardware.mouseCommand(0xf2)[0] ?? 0;
        return;
      case 0x05:
        memory.write8(area + 0x27, (flags & 0x80) | ((frame.bh - 1) & 7));
        memory.write8(area + 0x26, 0);
        hardware.mouseCommand(0xf6);
        return;
      case 0x06:
        if (frame.bh === 0) {
          const [status = 0, resolution = 0, rate = 0] = hardware.mouseCommand(0xe9);
          frame.bl = status;
          frame.cl = resolution;
          frame.dl = rate;
        } else hardware.mouseCommand(frame.bh === 1 ? 0xe6 : 0xe7);
        return;
      case 0x07: {
        const isSet = frame.es !== 0 || frame.bx !== 0;
        memory.write16(area + 0x22, frame.bx);
        memory.write16(area + 0x24, frame.es);
        memory.write8(area + 0x26, 0);
        memory.write8(area + 0x27, isSet ? (flags & 7 || 2) | 0x80 : flags & 0x7f);
        return;
      }
      default:
        frame.ah = 1;
        frame.isCarry = true;
    }
  }

  private refuse15(frame: ServiceFrame): void {
    frame.ah = UNSUPPORTED;
    frame.isCarry = true;
  }
}
