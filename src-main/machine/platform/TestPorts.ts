import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readNumber, readWords } from '../snapshot.ts';

const LATCH_BYTES = 4;
const FIRST_LINE = 8;

/**
 * Ports by which a test program makes the machine do what it watches for, as QEMU's `pc-testdev` has them.
 * Offsets 0 to 3: a latch, which reads as written.
 * Offsets 4 to 7: a guest-physical address whose page a hypervisor is to forget; there is nothing to forget here.
 * Offsets from 8 on, 8 bits each: an interrupt request line, asserted by any value but 0. All of these read as ones.
 */
export class TestPorts implements BusDevice {
  readonly id: string;
  private readonly lines: readonly InterruptLine[];
  private readonly latch = new Uint8Array(LATCH_BYTES);
  /** One for each line: 1 where it is asserted. */
  private readonly levels: Uint8Array;

  constructor(id: string, lines: readonly InterruptLine[]) {
    this.id = id;
    this.lines = lines;
    this.levels = new Uint8Array(lines.length);
  }

  read(offset: number, width: number): number {
    if (offset + width > LATCH_BYTES) return 0xffff_ffff;
    let value = 0;
    for (let byte = width; byte-- > 0;) value = (value << 8) | (this.latch[offset + byte] ?? 0);
    return value >>> 0;
  }

  write(offset: number, width: number, value: number): void {
    if (offset >= FIRST_LINE) this.drive(offset - FIRST_LINE, (value & 0xff) !== 0);
    else if (offset + width <= LATCH_BYTES)
      for (let byte = 0; byte < width; byte++) this.latch[offset + byte] = value >>> (8 * byte);
  }

  reset(): void {
    this.latch.fill(0);
    for (const index of this.levels.keys()) this.drive(index, false);
  }

  save(): DeviceState {
    const latch = new DataView(this.latch.buffer).getUint32(0, true);
    return { version: 1, latch, levels: [...this.levels] };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const levels = readWords(state, 'levels', this.levels.length);
    new DataView(this.latch.buffer).setUint32(0, readNumber(state, 'latch', 0, 0xffff_ffff), true);
    levels.forEach((level, index) => {
      this.drive(index, level !== 0);
    });
  }

  private drive(index: number, isAsserted: boolean): void {
    if (index >= this.levels.length) return;
    this.levels[index] = Number(isAsserted);
    this.lines[index]?.set(isAsserted);
  }
}
