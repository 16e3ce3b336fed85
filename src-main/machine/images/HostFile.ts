/**
 * A file of the host that holds an image: positions in bytes, everything synchronous, since a vCPU's thread
 * does nothing else meanwhile. Methods throw {@link ImageError} and nothing else.
 */
export interface HostFile {
  /** As the user knows it; for messages, and to find a backing file beside it. */
  readonly name: string;
  readonly isWritable: boolean;
  /** Present length in bytes. */
  size(): number;
  /** Fills `into`; what lies beyond the end of the file reads as zeros. */
  read(position: number, into: Uint8Array): void;
  /** Writes all of `bytes`; beyond the end the file grows. */
  write(position: number, bytes: Uint8Array): void;
  /** Returns once everything written has reached the host's disk. */
  flush(): void;
  close(): void;
}

/** The host as images need it; implemented outside, so that the machine knows no file system. */
export interface ImageHost {
  /**
   * Opens a file that exists. `besides` names the file that refers to it, when `name` may be relative to that.
   * Throws {@link ImageError}.
   */
  open(name: string, access: 'read-only' | 'read-write', besides?: string): HostFile;
  /** An empty file that nobody else sees and that is gone when it is closed. Throws {@link ImageError}. */
  temporary(): HostFile;
  /** Expands raw deflate data that yields at most `mostBytes`; undefined when it is damaged. */
  inflate(compressed: Uint8Array, mostBytes: number): Uint8Array | undefined;
}

/**
 * What went wrong.
 * - `full`: the host's disk has no room left.
 * - `io`: the host could not read or write.
 * - `corrupt`: the image contradicts itself.
 * - `refused`: the image cannot be used as asked; nothing has happened.
 */
export type ImageErrorKind = 'full' | 'io' | 'corrupt' | 'refused';

/**
 * An image cannot do what it was asked. Thrown only between an image's own layers: `openImage` makes a refusal
 * of it, and `Medium` a failed sector and a message, so that no device ever sees one.
 */
export class ImageError extends Error {
  readonly kind: ImageErrorKind;

  /** @param message a sentence for the user that names the file */
  constructor(kind: ImageErrorKind, message: string) {
    super(message);
    this.name = 'ImageError';
    this.kind = kind;
  }
}
