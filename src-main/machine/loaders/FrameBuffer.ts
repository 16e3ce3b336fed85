import { FRAME_BUFFER_ADDRESS } from '../vga/VgaAdapter.ts';
import type { DirectColourMode } from '../vga/VbeRegisters.ts';

/** What a kernel's header asks for; 0: the kernel does not mind. */
export interface VideoRequest {
  readonly width: number;
  readonly height: number;
  /** Bits a pixel. */
  readonly depth: number;
}

/** The screen as the multiboot specifications tell a kernel of it (0.6.96, 3.3; 2.0, 3.6.12). */
export interface FrameBuffer {
  readonly address: number;
  /** Bytes from line to line. */
  readonly pitch: number;
  /** In pixels, or in characters of text. */
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: typeof DIRECT_COLOUR | typeof TEXT;
  /** First bit and bits of red, green and blue; none for text. */
  readonly colours: readonly number[];
}

const DIRECT_COLOUR = 1,
  TEXT = 2;
const COLOURS: Readonly<Record<DirectColourMode['depth'], readonly number[]>> = {
  15: [10, 5, 5, 5, 0, 5],
  16: [11, 5, 5, 6, 0, 5],
  24: [16, 8, 8, 8, 0, 8],
  32: [16, 8, 8, 8, 0, 8],
};
/** What kernels without a wish get, and those whose wish cannot be met. */
const USUAL: DirectColourMode = { width: 1024, height: 768, depth: 32 };
const MOST = { width: 2560, height: 1600, bytes: 16 * 1024 * 1024 } as const;

/** The VGA's text screen, in which machines start. */
export const TEXT_SCREEN: FrameBuffer = {
  address: 0xb8000,
  pitch: 160,
  width: 80,
  height: 25,
  depth: 16,
  type: TEXT,
  colours: [],
};

/** The mode that comes nearest to what a kernel asks for. */
export function videoModeFor({ width, height, depth }: VideoRequest): DirectColourMode {
  const known = depth === 15 || depth === 16 || depth === 24 || depth === 32 ? depth : USUAL.depth;
  // Lines are multiples of eight pixels.
  const isMet =
    width > 0 && width <= MOST.width && width % 8 === 0 && height > 0 && height <= MOST.height &&
    width * height * pixelBytes(known) <= MOST.bytes; // prettier-ignore
  return isMet ? { width, height, depth: known } : { ...USUAL, depth: known };
}

/** Where that mode's pixels lie, in a machine that starts in it. */
export function frameBufferOf({ width, height, depth }: DirectColourMode): FrameBuffer {
  const pitch = width * pixelBytes(depth);
  return { address: FRAME_BUFFER_ADDRESS, pitch, width, height, depth, type: DIRECT_COLOUR, colours: COLOURS[depth] };
}

function pixelBytes(depth: number): number {
  return Math.ceil(depth / 8);
}
