import type { ServiceFrame } from './ServiceFrame.ts';

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
const FUNCTIONS = 256;

/** INT 1Ah AH B1h (PCI BIOS Specification 2.1, real-mode functions; interrupt routing is missing). */
export class PciServices {
  private readonly access: ConfigurationAccess;

  constructor(access: ConfigurationAccess) {
    this.access = access;
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
      default:
        return UNSUPPORTED;
    }
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
