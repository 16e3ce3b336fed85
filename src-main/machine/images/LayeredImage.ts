import type { DiskImage } from './DiskImage.ts';

/** Bytes of a block of a layer, which is written as a whole. */
export const LAYER_BLOCK_BYTES = 4096;

/** Blocks by their numbers. A block never changes once it is in a layer: layers share them. */
export type ImageLayer = ReadonlyMap<number, Uint8Array>;

/**
 * A disk whose writes are kept in memory, in front of an image that stays as it is: what a snapshot has to keep of the
 * disk is the layer, and going back is another layer.
 */
export class LayeredImage implements DiskImage {
  readonly isReadOnly = false;
  private readonly base: DiskImage;
  private blocks = new Map<number, Uint8Array>();

  constructor(base: DiskImage) {
    this.base = base;
  }

  get name(): string {
    return this.base.name;
  }

  get format(): DiskImage['format'] {
    return this.base.format;
  }

  get byteLength(): number {
    return this.base.byteLength;
  }

  /** As it is now: later writes do not change it. */
  get layer(): ImageLayer {
    return new Map(this.blocks);
  }

  set layer(layer: ImageLayer) {
    this.blocks = new Map(layer);
  }

  read(position: number, into: Uint8Array): void {
    const end = position + into.length;
    for (let at = position; at < end;) {
      const block = this.blocks.get(blockOf(at));
      let next = blockEnd(at, end);
      if (block === undefined) {
        // Neighbours that are not in the layer are read at once.
        while (next < end && !this.blocks.has(blockOf(next))) next = blockEnd(next, end);
        this.base.read(at, into.subarray(at - position, next - position));
      } else {
        const start = at % LAYER_BLOCK_BYTES;
        into.set(block.subarray(start, start + next - at), at - position);
      }
      at = next;
    }
  }

  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    for (let at = position; at < end;) {
      const next = blockEnd(at, end);
      const number = blockOf(at);
      const block = this.copyOf(number);
      block.set(bytes.subarray(at - position, next - position), at % LAYER_BLOCK_BYTES);
      this.blocks.set(number, block);
      at = next;
    }
  }

  flush(): void {}

  close(): void {
    this.base.close();
  }

  private copyOf(number: number): Uint8Array {
    const known = this.blocks.get(number);
    if (known) return known.slice();
    const block = new Uint8Array(LAYER_BLOCK_BYTES);
    const start = number * LAYER_BLOCK_BYTES;
    this.base.read(start, block.subarray(0, Math.min(LAYER_BLOCK_BYTES, this.byteLength - start)));
    return block;
  }
}

function blockOf(position: number): number {
  return Math.floor(position / LAYER_BLOCK_BYTES);
}

function blockEnd(position: number, end: number): number {
  return Math.min(end, (blockOf(position) + 1) * LAYER_BLOCK_BYTES);
}
