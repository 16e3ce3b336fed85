import { shallowRef, type Ref, type ShallowRef } from 'vue';

/** Moments on main's monotonic clock, in milliseconds. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

interface TimeNavigationOptions {
  readonly canvas: Readonly<Ref<HTMLCanvasElement | null>>;
  /** Left of this, in CSS pixels, are names and no time. */
  readonly left: number;
  readonly shortestMs: number;
  readonly longestMs: number;
  rangeNow(): TimeRange;
  /** The range stands still from now on; null: it follows the present. */
  freeze(range: TimeRange | null): void;
  invalidate(): void;
}

export interface TimeNavigation {
  /** Both ends of a drag, in CSS pixels. */
  readonly selection: Readonly<ShallowRef<readonly [number, number] | null>>;
  /** Where the pointer is over the canvas. */
  readonly pointer: Readonly<ShallowRef<{ readonly x: number; readonly y: number } | null>>;
  timeAt(x: number): number;
  /** For `v-on` of the canvas. */
  readonly handlers: Readonly<Record<string, (event: never) => void>>;
}

const DRAG_LEAST_PX = 4;

/** Zooming and moving along an axis of time: by drag, wheel, double click and keys, the same on every canvas. */
export function useTimeNavigation(options: TimeNavigationOptions): TimeNavigation {
  const { canvas, left, shortestMs, longestMs, rangeNow, invalidate } = options;
  const selection = shallowRef<readonly [number, number] | null>(null);
  const pointer = shallowRef<{ readonly x: number; readonly y: number } | null>(null);

  function timeAt(x: number): number {
    const { fromMs, toMs } = rangeNow();
    const width = Math.max(1, (canvas.value?.clientWidth ?? 1) - left);
    return fromMs + ((x - left) / width) * (toMs - fromMs);
  }

  function freeze(fromMs: number, toMs: number): void {
    const middle = (fromMs + toMs) / 2;
    const spanMs = Math.max(shortestMs, Math.min(longestMs, toMs - fromMs));
    options.freeze({ fromMs: middle - spanMs / 2, toMs: middle + spanMs / 2 });
    invalidate();
  }

  function onDown(event: PointerEvent): void {
    if (event.button !== 0 || event.offsetX < left) return;
    // Dragging needs the range to stand still.
    options.freeze(rangeNow());
    selection.value = [event.offsetX, event.offsetX];
    canvas.value?.setPointerCapture(event.pointerId);
  }

  function onMove(event: PointerEvent): void {
    pointer.value = { x: event.offsetX, y: event.offsetY };
    if (selection.value) selection.value = [selection.value[0], Math.max(left, event.offsetX)];
    invalidate();
  }

  function onUp(): void {
    if (!selection.value) return;
    const [a, b] = selection.value;
    selection.value = null;
    if (Math.abs(b - a) >= DRAG_LEAST_PX) freeze(timeAt(Math.min(a, b)), timeAt(Math.max(a, b)));
    invalidate();
  }

  function onLeave(): void {
    pointer.value = null;
    invalidate();
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const { fromMs, toMs } = rangeNow();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = ((event.deltaX || event.deltaY) / 1000) * (toMs - fromMs);
      freeze(fromMs + by, toMs + by);
      return;
    }
    const at = timeAt(Math.max(left, event.offsetX));
    const factor = Math.exp(event.deltaY / 500);
    freeze(at - (at - fromMs) * factor, at + (toMs - at) * factor);
  }

  function onKey(event: KeyboardEvent): void {
    const { fromMs, toMs } = rangeNow();
    const spanMs = toMs - fromMs;
    const middle = (fromMs + toMs) / 2;
    if (event.key === 'ArrowLeft') freeze(fromMs - spanMs / 8, toMs - spanMs / 8);
    else if (event.key === 'ArrowRight') freeze(fromMs + spanMs / 8, toMs + spanMs / 8);
    else if (event.key === '+' || event.key === '=') freeze(middle - spanMs / 4, middle + spanMs / 4);
    else if (event.key === '-') freeze(middle - spanMs, middle + spanMs);
    else if (event.key === 'Escape' || event.key === 'Home') options.freeze(null);
    else return;
    event.preventDefault();
    invalidate();
  }

  function onDoubleClick(): void {
    options.freeze(null);
    invalidate();
  }

  return {
    selection,
    pointer,
    timeAt,
    handlers: {
      pointerdown: onDown,
      pointermove: onMove,
      pointerup: onUp,
      pointercancel: onUp,
      pointerleave: onLeave,
      dblclick: onDoubleClick,
      wheel: onWheel,
      keydown: onKey,
    },
  };
}
