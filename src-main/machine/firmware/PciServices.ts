import { ROUTING_ADDRESS } from '../pci/PciChipset.ts';
import type { FirmwareMemory } from './FirmwareMemory.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

/** PCI configuration space by mechanism 1, as the guest's own ports CF8h and CFCh reach it. */
export interface ConfigurationAccess {
  /** Port accesses of 1, 2 or 4 bytes. */
  readPort(port: number, width: 1 | 2 | 4): number;
  writePort(port: number, width: 1 | 2 | 4, value: number): void;
}

const ADDRESS_PORT = 0xcf8;
const DATA_PORT = 0xcfc;
const NOT_FOUND = 0x86;
const BAD_REGISTER = 0x87;
const UNSUPPORTED = 0x81;
const SET_FAILED = 0x88;
const BUFFER_TOO_SMALL = 0x89;
const FUNCTIONS = 256;

/** Offsets in the header of the $PIR table, and its slots: bus, device, then a link and what it may be routed to for each pin. */
const PIR = { byteLength: 6, routerDevice: 9, headerBytes: 32 } as const;
const SLOT_BYTES = 16;
const FIRST_PIN = 0x0a,
  PINS = 4;

/** INT 1Ah AH B1h (PCI BIOS Specification 2.1, real-mode functions). */
export class PciServices {
  private readonly access: ConfigurationAccess;
  private readonly memory: FirmwareMemory;

  constructor(access: ConfigurationAccess, memory: FirmwareMemory) {
    this.access = access;
    this.memory = memory;
  }

  serve(frame: ServiceFrame): void {
    const status = this.hasBus() ? this.serveFunction(frame) : UNSUPPORTED;
    frame.ah = status;
    frame.isCarry = status !== 0;
  }

  /** Mechanism 1 keeps what is written to its address port. */
  private hasBus(): boolean {
    this.access.writePort(ADDRESS_PORT, 4, 0x8000_0000);
    return this.access.readPort(ADDRESS_PORT, 4) === 0x8000_0000;
  }

  private serveFunction(frame: ServiceFrame): number {
    switch (frame.al) {
      case 0x01:
        frame.edx = 0x2049_4350; // PCI and a blank
        frame.al = 1;
        frame.bx = 0x0210;
        frame.cl = 0;
        return 0;
      case 0x02:
        return this.find(frame, frame.si, (at) => this.read(at, 0, 4) === ((frame.cx << 16) | frame.dx) >>> 0);
      case 0x03:
        return this.find(frame, frame.si, (at) => this.read(at, 8, 4) >>> 8 === (frame.ecx & 0xff_ffff));
      case 0x08:
      case 0x09:
      case 0x0a: {
        const bytes = [1, 2, 4][frame.al - 0x08] as 1 | 2 | 4;
        if (frame.di & (bytes - 1) || frame.di > 0xff) return BAD_REGISTER;
        const value = this.read(frame.bx, frame.di, bytes);
        if (bytes === 1) frame.cl = value;
        else if (bytes === 2) frame.cx = value;
        else frame.ecx = value;
        return 0;
      }
      case 0x0b:
      case 0x0c:
      case 0x0d: {
        const bytes = [1, 2, 4][frame.al - 0x0b] as 1 | 2 | 4;
        if (frame.di & (bytes - 1) || frame.di > 0xff) return BAD_REGISTER;
        this.select(frame.bx, frame.di);
        this.access.writePort(
          DATA_PORT + (frame.di & 3),
          bytes,
          bytes === 4 ? frame.ecx : frame.ecx & ((1 << (8 * bytes)) - 1),
        );
        return 0;
      }
      case 0x0e:
        return this.giveRouting(frame);
      case 0x0f:
        return this.setRoute(frame);
      default:
        return UNSUPPORTED;
    }
  }

  /**
   * 0Eh: ES:DI leads to a length and to where the slots of the $PIR table are to be copied; BX gets the requests that
   * PCI has for itself.
   */
  private giveRouting(frame: ServiceFrame): number {
    const { memory } = this;
    const parameters = linear(frame.es, frame.di);
    const room = memory.read16(parameters);
    const slots = this.slots();
    memory.write16(parameters, slots.length);
    if (room < slots.length) return BUFFER_TOO_SMALL;
    memory.writeBytes(linear(memory.read16(parameters + 4), memory.read16(parameters + 2)), slots);
    frame.bx = this.links().reduce((requests, link) => requests | this.routeOf(link), 0);
    return 0;
  }

  /** 0Fh: the device in BX has its pin CL (0Ah: INTA#) routed to the request in CH, and with it all on the same line. */
  private setRoute(frame: ServiceFrame): number {
    const slots = this.slots();
    const { bx, cl, ch } = frame;
    for (let at = 0; at < slots.length; at += SLOT_BYTES) {
      if (slots[at] !== bx >> 8 || (slots[at + 1] ?? 0) >> 3 !== (bx & 0xff) >> 3) continue;
      const wired = at + 2 + 3 * (cl - FIRST_PIN);
      const isPin = cl >= FIRST_PIN && cl < FIRST_PIN + PINS;
      const link = isPin ? (slots[wired] ?? 0) : 0;
      const routable = (slots[wired + 1] ?? 0) | ((slots[wired + 2] ?? 0) << 8);
      if (link === 0 || ch > 15 || (routable & (1 << ch)) === 0) return SET_FAILED;
      this.select(this.router, link);
      this.access.writePort(DATA_PORT + (link & 3), 1, ch);
      return 0;
    }
    return SET_FAILED;
  }

  /** What the $PIR table lists. */
  private slots(): Uint8Array {
    const byteLength = this.memory.read16(ROUTING_ADDRESS + PIR.byteLength) - PIR.headerBytes;
    return this.memory.readBytes(ROUTING_ADDRESS + PIR.headerBytes, Math.max(0, byteLength));
  }

  /** Bus, device and function of the bridge whose registers the links are. */
  private get router(): number {
    return this.memory.read8(ROUTING_ADDRESS + PIR.routerDevice);
  }

  private links(): readonly number[] {
    const slots = this.slots();
    const starts = Array.from({ length: slots.length / SLOT_BYTES }, (_, slot) => slot * SLOT_BYTES);
    const all = starts.flatMap((at) => [2, 5, 8, 11].map((pin) => slots[at + pin] ?? 0));
    return [...new Set(all)].filter((link) => link !== 0);
  }

  /** The request that a link is routed to, as its bit; none while bit 7 is set. */
  private routeOf(link: number): number {
    const route = this.read(this.router, link, 1);
    return route & 0x80 ? 0 : 1 << (route & 15);
  }

  /** The `index`th function of bus 0 that matches, as BX. */
  private find(frame: ServiceFrame, index: number, matches: (at: number) => boolean): number {
    let left = index;
    for (let at = 0; at < FUNCTIONS; at++) {
      if (this.read(at, 0, 2) === 0xffff || !matches(at) || left-- > 0) continue;
      frame.bx = at;
      return 0;
    }
    return NOT_FOUND;
  }

  private read(at: number, register: number, width: 1 | 2 | 4): number {
    this.select(at, register);
    return this.access.readPort(DATA_PORT + (register & 3), width);
  }

  private select(at: number, register: number): void {
    this.access.writePort(ADDRESS_PORT, 4, (0x8000_0000 | (at << 8) | (register & 0xfc)) >>> 0);
  }
}
