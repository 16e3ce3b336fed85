import { GuestFault, VECTOR } from '../../../src-main/engine/GuestFault.ts';
import type { LinearMemory } from '../../../src-main/engine/semantics/system/SystemContext.ts';

const PAGE_SHIFT = 12;

/** Linear memory as one flat array, in which single pages can be made to fault. */
export class GuestMemory implements LinearMemory {
  readonly bytes: Uint8Array;
  /** Numbers of pages that fault on every access, and on writes. */
  readonly absentPages = new Set<number>();
  readonly readOnlyPages = new Set<number>();
  private readonly view: DataView;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
    this.view = new DataView(this.bytes.buffer);
  }

  read8(address: number): number {
    return this.view.getUint8(this.readable(address, 1));
  }

  read16(address: number): number {
    return this.view.getUint16(this.readable(address, 2), true);
  }

  read32(address: number): number {
    return this.view.getUint32(this.readable(address, 4), true);
  }

  write8(address: number, value: number): void {
    this.view.setUint8(this.writable(address, 1), value);
  }

  write16(address: number, value: number): void {
    this.view.setUint16(this.writable(address, 2), value, true);
  }

  write32(address: number, value: number): void {
    this.view.setUint32(this.writable(address, 4), value, true);
  }

  probeWrite(address: number, byteLength: number): void {
    this.writable(address, byteLength);
  }

  private readable(address: number, byteLength: number): number {
    return this.checked(address, byteLength, this.absentPages, 0);
  }

  private writable(address: number, byteLength: number): number {
    this.checked(address, byteLength, this.absentPages, 2);
    return this.checked(address, byteLength, this.readOnlyPages, 3);
  }

  private checked(address: number, byteLength: number, forbidden: Set<number>, errorCode: number): number {
    if (forbidden.size > 0) {
      for (let page = address >>> PAGE_SHIFT; page <= (address + byteLength - 1) >>> PAGE_SHIFT; page++) {
        if (forbidden.has(page)) {
          throw new GuestFault(VECTOR.PF, errorCode, Math.max(address, page * 2 ** PAGE_SHIFT));
        }
      }
    }
    return address;
  }
}
