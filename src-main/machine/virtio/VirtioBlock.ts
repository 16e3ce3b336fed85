import type { DeviceState } from '../BusDevice.ts';
import type { Medium } from '../drives/Medium.ts';
import { diskGeometry } from '../ide/AtaDisk.ts';
import { checkVersion } from '../snapshot.ts';
import type { DescriptorChain } from './DescriptorChain.ts';
import { VIRTIO_TYPE, type VirtioFunction, type VirtioHost } from './VirtioFunction.ts';

const SECTOR_BYTES = 512;
const QUEUE_ENTRIES = 256;
const FEATURE = {
  segmentMost: 1 << 2,
  geometry: 1 << 4,
  readOnly: 1 << 5,
  blockSize: 1 << 6,
  flush: 1 << 9,
  discard: 1 << 13,
  writeZeros: 1 << 14,
} as const;
const REQUEST = { read: 0, write: 1, flush: 4, identify: 8, discard: 11, writeZeros: 13 } as const;
const RESULT = { done: 0, failed: 1, unsupported: 2 } as const;
const HEADER_BYTES = 16;
const IDENTITY_BYTES = 20;
const CONFIGURATION_BYTES = 60;
/** What a discard or zeros may be asked for: sector, sectors, flags (bit 0: the room may be given back). */
const RANGE_BYTES = 16;
const MAY_UNMAP = 1;
/** What is moved at a time, in bytes. */
const CHUNK_BYTES = 256 * 1024;
/** No driver asks for so much at once; what a chain claims beyond this is refused. */
const MOST_REQUEST_BYTES = 64 * 1024 * 1024;
/** What is done in one notification; the rest waits until the processor has run again. */
const MOST_BYTES_AT_ONCE = 32 * 1024 * 1024;
/** Of one request, in sectors: a qcow2 image changes two entries of tables for each cluster. */
const MOST_DISCARDED = 256 * 1024;
/** A cluster of an image as this program makes them, in sectors. */
const DISCARD_ALIGNMENT = 128;
const MOST_ZEROS = MOST_BYTES_AT_ONCE / SECTOR_BYTES;

/**
 * A virtio block device (Virtual I/O Device 1.2, 5.2): one queue. A request is a header (type, sector), data, and a
 * byte for the result.
 *
 * Without the flush feature the driver expects that what is written is safe, so it is flushed each time (5.2.6.2).
 */
export class VirtioBlock implements VirtioFunction {
  readonly id: string;
  readonly type = VIRTIO_TYPE.block;
  readonly classCode = 0x01_0000;
  readonly features: number;
  readonly queueSizes = [QUEUE_ENTRIES];
  readonly configuration = new Uint8Array(CONFIGURATION_BYTES);
  private readonly medium: Medium;
  private readonly serial: string;
  private readonly buffer = new Uint8Array(CHUNK_BYTES);
  private host: VirtioHost | undefined;
  /** Bytes that were moved since the notification. */
  private work = 0;

  constructor(id: string, medium: Medium, serial: string) {
    this.id = id;
    this.medium = medium;
    this.serial = serial;
    this.features =
      FEATURE.segmentMost |
      FEATURE.geometry |
      FEATURE.blockSize |
      FEATURE.flush |
      (medium.isReadOnly ? FEATURE.readOnly : FEATURE.discard | FEATURE.writeZeros);
    const view = new DataView(this.configuration.buffer);
    const geometry = diskGeometry(medium.sectorCount);
    view.setUint32(0, medium.sectorCount % 2 ** 32, true);
    view.setUint32(4, Math.floor(medium.sectorCount / 2 ** 32), true);
    // 8: most bytes in a segment, not offered; 12: most segments, without header and result.
    view.setUint32(12, QUEUE_ENTRIES - 2, true);
    view.setUint16(16, geometry.cylinders, true);
    view.setUint8(18, geometry.heads);
    view.setUint8(19, geometry.sectorsPerTrack);
    view.setUint32(20, SECTOR_BYTES, true);
    // 36: most sectors and ranges of a discard, its alignment in sectors; 48: the same of zeros, whose room may be given back.
    view.setUint32(36, MOST_DISCARDED, true);
    view.setUint32(40, 1, true);
    view.setUint32(44, DISCARD_ALIGNMENT, true);
    view.setUint32(48, MOST_ZEROS, true);
    view.setUint32(52, 1, true);
    view.setUint8(56, 1);
  }

  attach(host: VirtioHost): void {
    this.host = host;
  }

  onNotify(): boolean {
    const { host } = this;
    const queue = host?.queues[0];
    if (host === undefined || queue === undefined) return false;
    this.work = 0;
    while (this.work < MOST_BYTES_AT_ONCE) {
      const chain = queue.take();
      if (chain === undefined) break;
      this.work += chain.readableBytes + chain.writableBytes;
      this.serve(chain);
      queue.giveBack(chain, Math.min(0xffff_ffff, chain.bytesWritten + 1));
    }
    host.signal(queue);
    return this.work >= MOST_BYTES_AT_ONCE;
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
  }

  private serve(chain: DescriptorChain): void {
    const header = new Uint8Array(HEADER_BYTES);
    // Without room for a result there is nobody to tell.
    if (chain.writableBytes < 1) return;
    const isWhole = chain.read(header) === HEADER_BYTES;
    const size = chain.readableBytes + chain.writableBytes;
    const result =
      isWhole && size <= MOST_REQUEST_BYTES ? this.execute(new DataView(header.buffer), chain) : RESULT.failed;
    // The result is the last byte, wherever the data ended.
    chain.writeLast(result);
  }

  private execute(header: DataView, chain: DescriptorChain): number {
    const sector = header.getUint32(8, true) + header.getUint32(12, true) * 2 ** 32;
    switch (header.getUint32(0, true)) {
      case REQUEST.read:
        return this.read(sector, chain) ? RESULT.done : RESULT.failed;
      case REQUEST.write:
        return this.write(sector, chain) ? RESULT.done : RESULT.failed;
      case REQUEST.flush:
        return this.medium.isReadOnly || this.medium.flush() ? RESULT.done : RESULT.failed;
      case REQUEST.identify: {
        const name = new TextEncoder().encode(this.serial.padEnd(IDENTITY_BYTES, '\0'));
        chain.write(name.subarray(0, Math.min(IDENTITY_BYTES, chain.writableBytes - 1)));
        return RESULT.done;
      }
      case REQUEST.discard:
        return this.changeRange(chain, MOST_DISCARDED, 0, (first, length) => this.medium.discard(first, length));
      case REQUEST.writeZeros:
        return this.changeRange(
          chain,
          MOST_ZEROS,
          MAY_UNMAP,
          (first, length) => this.medium.writeZeros(first, length) && this.settle(),
        );
      default:
        return RESULT.unsupported;
    }
  }

  /** The one range that a discard or a write of zeros names, behind the header (5.2.6.2). */
  private changeRange(
    chain: DescriptorChain,
    mostSectors: number,
    knownFlags: number,
    change: (sector: number, byteLength: number) => boolean,
  ): number {
    const range = new Uint8Array(RANGE_BYTES);
    if (this.medium.isReadOnly || chain.readableBytes !== RANGE_BYTES || chain.read(range) !== RANGE_BYTES)
      return RESULT.failed;
    const view = new DataView(range.buffer);
    const sector = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    const count = view.getUint32(8, true);
    if (view.getUint32(12, true) & ~knownFlags) return RESULT.unsupported;
    if (count === 0 || count > mostSectors) return RESULT.failed;
    this.work += count * SECTOR_BYTES;
    return change(sector, count * SECTOR_BYTES) ? RESULT.done : RESULT.failed;
  }

  private read(sector: number, chain: DescriptorChain): boolean {
    const total = chain.writableBytes - 1;
    if (total % SECTOR_BYTES !== 0 || !this.medium.holds(sector, total)) return false;
    for (let position = 0; position < total; position += CHUNK_BYTES) {
      const part = this.buffer.subarray(0, Math.min(CHUNK_BYTES, total - position));
      if (!this.medium.read(sector + position / SECTOR_BYTES, part)) return false;
      chain.write(part);
    }
    return true;
  }

  private write(sector: number, chain: DescriptorChain): boolean {
    const total = chain.readableBytes;
    if (total % SECTOR_BYTES !== 0 || !this.medium.holds(sector, total)) return false;
    for (let position = 0; position < total; position += CHUNK_BYTES) {
      const part = this.buffer.subarray(0, Math.min(CHUNK_BYTES, total - position));
      chain.read(part);
      if (!this.medium.write(sector + position / SECTOR_BYTES, part)) return false;
    }
    return this.settle();
  }

  /** After a write: a driver that knows of no cache has its bytes safe. */
  private settle(): boolean {
    const isCacheKnown = ((this.host?.features ?? 0) & FEATURE.flush) !== 0;
    return isCacheKnown || this.medium.flush();
  }
}
