/** SHA-256 of a block as a string of 32 characters, each a byte: it compares and keys fast. */
export type BlockHash = string;

export const HASH_BYTES = 32;

const FEWEST_SLOTS = 1024;

/** Where a block lies: the number of its pack, and which of the pack's blocks it is. */
export interface BlockPlace {
  readonly pack: number;
  readonly block: number;
}

/**
 * Places of blocks by their hashes. An open-addressed table over typed arrays takes about 50 bytes a block, a third of
 * what a `Map` of strings does: a store of 4 GiB has a million blocks.
 */
export class BlockIndex {
  private count = 0;
  private hashes = new Uint8Array(HASH_BYTES * FEWEST_SLOTS);
  /** Two for each block: pack, block. */
  private places = new Uint32Array(2 * FEWEST_SLOTS);
  /** One more than a block's number here, 0: free. Twice as many as blocks at least. */
  private slots = new Uint32Array(2 * FEWEST_SLOTS);

  get(hash: BlockHash): BlockPlace | undefined {
    const entry = this.slots[this.slotOf(hash)] ?? 0;
    if (entry === 0) return undefined;
    return { pack: this.places[2 * (entry - 1)] ?? 0, block: this.places[2 * (entry - 1) + 1] ?? 0 };
  }

  has(hash: BlockHash): boolean {
    return this.slots[this.slotOf(hash)] !== 0;
  }

  /** The first place of a block stays. */
  add(hash: BlockHash, pack: number, block: number): void {
    if (2 * (this.count + 1) > this.slots.length) this.grow();
    const slot = this.slotOf(hash);
    if (this.slots[slot] !== 0) return;
    writeHash(this.hashes, this.count * HASH_BYTES, hash);
    this.places[2 * this.count] = pack;
    this.places[2 * this.count + 1] = block;
    this.count++;
    this.slots[slot] = this.count;
  }

  /** Where the hash stands, or the free slot where it belongs. */
  private slotOf(hash: BlockHash): number {
    const mask = this.slots.length - 1;
    let slot =
      ((hash.charCodeAt(0) << 24) | (hash.charCodeAt(1) << 16) | (hash.charCodeAt(2) << 8) | hash.charCodeAt(3)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] ?? 0;
      if (entry === 0 || this.isAt(hash, (entry - 1) * HASH_BYTES)) return slot;
    }
  }

  private isAt(hash: BlockHash, at: number): boolean {
    for (let i = 0; i < HASH_BYTES; i++) if (this.hashes[at + i] !== hash.charCodeAt(i)) return false;
    return true;
  }

  private grow(): void {
    const { hashes, places } = this;
    this.hashes = new Uint8Array(2 * hashes.length);
    this.hashes.set(hashes);
    this.places = new Uint32Array(2 * places.length);
    this.places.set(places);
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let entry = 0; entry < this.count; entry++)
      this.slots[this.slotOf(readHash(this.hashes, entry * HASH_BYTES))] = entry + 1;
  }
}

export function readHash(from: Uint8Array, at: number): BlockHash {
  return Buffer.from(from.buffer, from.byteOffset + at, HASH_BYTES).toString('latin1');
}

/** Hashes one after the other. They share one text: cutting it is much cheaper than making each of bytes of its own. */
export function readHashes(from: Uint8Array): BlockHash[] {
  const text = Buffer.from(from.buffer, from.byteOffset, from.byteLength).toString('latin1');
  return Array.from({ length: Math.floor(text.length / HASH_BYTES) }, (_, at) =>
    text.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

export function writeHash(into: Uint8Array, at: number, hash: BlockHash): void {
  for (let i = 0; i < HASH_BYTES; i++) into[at + i] = hash.charCodeAt(i);
}
