import type { Box } from './layout.ts';

/** Places an element in the dock; from the inline start, so that a layout is mirrored where lines run from right to left. */
export function boxStyle({ x, y, width, height }: Box): Record<string, string> {
  return { insetInlineStart: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
}
