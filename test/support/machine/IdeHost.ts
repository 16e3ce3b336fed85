import { BusMaster } from '../../../src-main/machine/ide/BusMaster.ts';
import { IdeChannel } from '../../../src-main/machine/ide/IdeChannel.ts';
import type { IdeDrive } from '../../../src-main/machine/ide/IdeDrive.ts';
import { ManualTime, RecordingLine } from './ManualTime.ts';
import { TestRam } from './TestRam.ts';

export const BUSY = 0x80, READY = 0x40, REQUEST = 0x08, FAILED = 0x01; // prettier-ignore
const PRD_TABLE = 0x8000;

export interface TaskValues {
  readonly features?: number;
  readonly count?: number;
  readonly lba?: number;
  readonly device?: number;
}

/** An IDE channel with the driver that a test needs: gives commands, waits, and moves data. */
export class IdeHost {
  readonly time = new ManualTime();
  readonly irq = new RecordingLine();
  readonly ram = new TestRam(0x20_0000);
  readonly busMaster = new BusMaster();
  readonly channel: IdeChannel;

  constructor(first: IdeDrive | undefined, second?: IdeDrive) {
    this.channel = new IdeChannel('ide0', this.time.timers, this.irq, [first, second]);
    this.channel.attachBusMaster(this.busMaster, this.ram);
    this.channel.reset();
  }

  status(): number {
    return this.channel.read(7, 1);
  }

  /** Sets the registers and gives a command. */
  start(command: number, { features = 0, count = 0, lba = 0, device = 0xe0 }: TaskValues = {}): void {
    const { channel } = this;
    channel.write(6, 1, device | ((lba >>> 24) & 0x0f));
    channel.write(1, 1, features);
    channel.write(2, 1, count);
    channel.write(3, 1, lba & 0xff);
    channel.write(4, 1, (lba >> 8) & 0xff);
    channel.write(5, 1, (lba >> 16) & 0xff);
    channel.write(7, 1, command);
  }

  /** A command with a 48-bit address: each register twice, the high bytes first. */
  start48(command: number, lba: number, count: number, device = 0xe0): void {
    const { channel } = this;
    channel.write(6, 1, device);
    const high = Math.floor(lba / 0x100_0000);
    channel.write(2, 1, count >> 8);
    channel.write(3, 1, high & 0xff);
    channel.write(4, 1, (high >> 8) & 0xff);
    channel.write(5, 1, (high >> 16) & 0xff);
    channel.write(2, 1, count & 0xff);
    channel.write(3, 1, lba & 0xff);
    channel.write(4, 1, (lba >> 8) & 0xff);
    channel.write(5, 1, (lba >> 16) & 0xff);
    channel.write(7, 1, command);
  }

  wait(): void {
    this.time.advance(1_000_000);
  }

  /** Takes data for as long as the drive offers any. */
  readAll(): Uint8Array {
    const bytes: number[] = [];
    for (this.wait(); this.channel.read(8, 1) & REQUEST;) {
      const word = this.channel.read(0, 2);
      bytes.push(word & 0xff, word >> 8);
    }
    return Uint8Array.from(bytes);
  }

  writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 2) {
      if ((this.channel.read(8, 1) & REQUEST) === 0) throw new Error(`the drive takes no more at byte ${at}`);
      this.channel.write(0, 2, (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    }
    this.wait();
  }

  /** Describes memory regions and starts the bus master. */
  startDma(isToMemory: boolean, regions: readonly (readonly [address: number, byteLength: number])[]): void {
    regions.forEach(([address, byteLength], index) => {
      this.ram.view.setUint32(PRD_TABLE + 8 * index, address, true);
      this.ram.view.setUint32(
        PRD_TABLE + 8 * index + 4,
        ((byteLength & 0xffff) | (index === regions.length - 1 ? 0x8000_0000 : 0)) >>> 0,
        true,
      );
    });
    for (let i = 0; i < 4; i++) this.busMaster.write(4 + i, (PRD_TABLE >>> (8 * i)) & 0xff);
    this.busMaster.write(2, 0x06);
    this.busMaster.write(0, isToMemory ? 0x09 : 0x01);
  }

  /** Gives an ATAPI drive a packet and returns its data. */
  packet(bytes: readonly number[], { byteCount = 0xf800, features = 0, device = 0xa0 } = {}): Uint8Array {
    this.start(0xa0, { features, lba: byteCount << 8, device });
    this.writeAll(Uint8Array.from({ length: 12 }, (_, index) => bytes[index] ?? 0));
    return features & 1 ? new Uint8Array() : this.readAll();
  }
}
