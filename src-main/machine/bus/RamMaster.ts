import type { DeviceMemory } from '../DeviceMemory.ts';
import type { GuestMemory } from '../GuestMemory.ts';

/** The machine's RAM as its bus masters reach it. */
export class RamMaster implements DeviceMemory {
  private readonly ram: GuestMemory;
  private readonly onWritten: (physicalAddress: number, byteLength: number) => void;

  /** @param onWritten told after bytes have changed: translations of them are stale */
  constructor(ram: GuestMemory, onWritten: (physicalAddress: number, byteLength: number) => void) {
    this.ram = ram;
    this.onWritten = onWritten;
  }

  get size(): number {
    return this.ram.size;
  }

  read(physicalAddress: number, target: Uint8Array): void {
    const inside = this.bytesInside(physicalAddress, target.length);
    if (inside > 0) target.set(this.ram.view(physicalAddress, inside));
    target.fill(0xff, inside);
  }

  write(physicalAddress: number, source: Uint8Array): void {
    const inside = this.bytesInside(physicalAddress, source.length);
    if (inside === 0) return;
    this.ram.view(physicalAddress, inside).set(source.subarray(0, inside));
    this.onWritten(physicalAddress, inside);
  }

  private bytesInside(physicalAddress: number, byteLength: number): number {
    return Math.max(0, Math.min(byteLength, this.ram.size - physicalAddress));
  }
}
