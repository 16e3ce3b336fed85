import type { AddressLine20 } from '../GuestMemory.ts';

/**
 * The gate on address line 20. Keyboard controller and port 92h both set it and read it back, the last one
 * to write wins, as in QEMU: a chipset ORs the two, but then a program that closes the gate through one of
 * them without a BIOS that closed the other before it would find it open.
 *
 * Open at power-on: no firmware of ours relies on the wrap at 1 MiB.
 */
export class A20Gate {
  private readonly line: AddressLine20 | undefined;
  private isOpenNow = true;

  constructor(line: AddressLine20 | undefined) {
    this.line = line;
  }

  get isOpen(): boolean {
    return this.isOpenNow;
  }

  set(isOpen: boolean): void {
    if (isOpen === this.isOpenNow) return;
    this.isOpenNow = isOpen;
    this.line?.setA20(isOpen);
  }
}
