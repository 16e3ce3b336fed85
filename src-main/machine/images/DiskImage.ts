/**
 * The bytes of a disk, wherever they are kept. Positions are the guest's, in bytes, and lie inside of
 * `byteLength`. Methods throw `ImageError` and nothing else; a write that failed has changed nothing but,
 * at most, the bytes that it was to write.
 */
export interface DiskImage {
  /** As the user knows it. */
  readonly name: string;
  readonly format: 'raw' | 'qcow2';
  readonly byteLength: number;
  readonly isReadOnly: boolean;
  read(position: number, into: Uint8Array): void;
  write(position: number, bytes: Uint8Array): void;
  /** Makes bytes zeros, and gives their room back to the host's disk. Absent where that cannot be done. */
  readonly writeZeros?: ((position: number, byteLength: number) => void) | undefined;
  /** Returns once everything written is safe on the host's disk. */
  flush(): void;
  close(): void;
}
