import { RamMaster } from '../../../src-main/machine/bus/RamMaster.ts';

/** RAM of a test's own, as bus masters see it, with the ranges that they wrote. */
export class TestRam extends RamMaster {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly written: [number, number][];

  constructor(byteLength: number) {
    const bytes = new Uint8Array(byteLength);
    const written: [number, number][] = [];
    super({ size: byteLength, view: (address, length) => inside(bytes, address, length) }, (address, length) => {
      written.push([address, length]);
    });
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.written = written;
  }
}

/** As the machine's RAM does, throws at what a bus master must never ask for. */
function inside(bytes: Uint8Array, address: number, length: number): Uint8Array {
  if (!Number.isInteger(address) || address < 0 || length < 0 || address + length > bytes.length)
    throw new RangeError(`${address} + ${length} lies outside of RAM`);
  return bytes.subarray(address, address + length);
}
