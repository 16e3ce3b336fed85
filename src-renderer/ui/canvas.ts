import { onBeforeUnmount, onMounted, type Ref } from 'vue';
import { token } from './palette.ts';

/** A canvas's drawing surface in CSS pixels; the device's pixel ratio is already applied. */
export interface CanvasSurface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

export interface CanvasDrawing {
  /** Draws in the next frame, if the canvas can be seen; any number of calls cost one drawing. */
  invalidate(): void;
}

/**
 * Draws a canvas in animation frames, only when something changed and only while it is in view.
 * The backing store follows the element's size in device pixels, so that lines stay sharp.
 */
export function useCanvas(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  draw: (surface: CanvasSurface) => void,
): CanvasDrawing {
  let frame = 0;
  let isVisible = false;
  let isStale = true;
  let width = 0;
  let height = 0;

  function paint(): void {
    frame = 0;
    const element = canvas.value;
    if (!element || !isVisible || width === 0 || height === 0) return;
    const pixelRatio = window.devicePixelRatio || 1;
    const backingWidth = Math.round(width * pixelRatio);
    const backingHeight = Math.round(height * pixelRatio);
    if (element.width !== backingWidth) element.width = backingWidth;
    if (element.height !== backingHeight) element.height = backingHeight;
    const context = element.getContext('2d');
    if (!context) return;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    isStale = false;
    draw({ context, width, height, pixelRatio });
  }

  function invalidate(): void {
    isStale = true;
    if (frame === 0 && isVisible) frame = requestAnimationFrame(paint);
  }

  const resize = new ResizeObserver(([entry]) => {
    if (!entry) return;
    width = entry.contentRect.width;
    height = entry.contentRect.height;
    invalidate();
  });
  const visibility = new IntersectionObserver(([entry]) => {
    isVisible = entry?.isIntersecting ?? false;
    if (isVisible && isStale) invalidate();
  });
  const theme = new MutationObserver(invalidate);

  onMounted(() => {
    if (!canvas.value) return;
    resize.observe(canvas.value);
    visibility.observe(canvas.value);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  });
  onBeforeUnmount(() => {
    resize.disconnect();
    visibility.disconnect();
    theme.disconnect();
    cancelAnimationFrame(frame);
  });

  return { invalidate };
}

/** A canvas in nobody's window, on the window's ground, to be saved. Sizes in CSS pixels. */
export function emptyPicture(
  width: number,
  height: number,
  pixelRatio: number,
): { readonly canvas: HTMLCanvasElement; readonly context: CanvasRenderingContext2D } {
  const canvas = document.createElement('canvas');
  canvas.width = width * pixelRatio;
  canvas.height = height * pixelRatio;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this window has no canvas to draw on');
  context.scale(pixelRatio, pixelRatio);
  context.fillStyle = token('ground');
  context.fillRect(0, 0, width, height);
  return { canvas, context };
}

export async function pngOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('the picture is too large to be encoded');
  return new Uint8Array(await blob.arrayBuffer());
}
