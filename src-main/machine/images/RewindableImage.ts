import type { DiskImage } from './DiskImage.ts';
import { type ImageLayer, LAYER_BLOCK_BYTES, LayeredImage } from './LayeredImage.ts';

/**
 * A disk that is written at once, and can still go back: it remembers each block that was written, as it was before
 * the first time and as it is. Another layer writes what differs.
 */
export class RewindableImage extends LayeredImage {
  /** What writes go to. */
  readonly image: DiskImage;
  private readonly originals = new Map<number, Uint8Array>();

  constructor(image: DiskImage) {
    super(image);
    this.image = image;
  }

  /** What it remembers takes at most. */
  get rememberedBytes(): number {
    return 2 * this.originals.size * LAYER_BLOCK_BYTES;
  }

  /** The present content is the first that it can go back to. */
  forget(): void {
    this.originals.clear();
    super.layer = new Map();
  }

  override get layer(): ImageLayer {
    return super.layer;
  }

  override set layer(layer: ImageLayer) {
    const present = super.layer;
    for (const [number, original] of this.originals) {
      const wanted = layer.get(number) ?? original;
      if (wanted !== (present.get(number) ?? original))
        this.image.write(number * LAYER_BLOCK_BYTES, this.cut(number, wanted));
    }
    super.layer = layer;
  }

  override write(position: number, bytes: Uint8Array): void {
    const last = Math.floor((position + bytes.length - 1) / LAYER_BLOCK_BYTES);
    for (let number = Math.floor(position / LAYER_BLOCK_BYTES); number <= last; number++) {
      if (this.originals.has(number)) continue;
      const original = new Uint8Array(LAYER_BLOCK_BYTES);
      this.image.read(number * LAYER_BLOCK_BYTES, this.cut(number, original));
      this.originals.set(number, original);
    }
    this.image.write(position, bytes);
    super.write(position, bytes);
  }

  override flush(): void {
    this.image.flush();
  }

  /** The part of a block that lies on the disk. */
  private cut(number: number, block: Uint8Array): Uint8Array {
    return block.subarray(0, Math.min(LAYER_BLOCK_BYTES, this.byteLength - number * LAYER_BLOCK_BYTES));
  }
}
