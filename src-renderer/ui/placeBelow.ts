/** Of a box's top left corner, in CSS pixels. */
export interface Place {
  readonly left: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP_PX = 6;
/** What is left free at the window's edges. */
const MARGIN_PX = 8;

/** Where a box of a size lies: below an anchor, above it where there is no room below, and inside the window. */
export function placeBelow(anchor: Place & Size, size: Size, window: Size): Place {
  const below = anchor.top + anchor.height + GAP_PX;
  const above = anchor.top - GAP_PX - size.height;
  const isBelow = below + size.height <= window.height - MARGIN_PX || above < MARGIN_PX;
  const middle = anchor.left + (anchor.width - size.width) / 2;
  return {
    left: Math.max(MARGIN_PX, Math.min(middle, window.width - MARGIN_PX - size.width)),
    top: isBelow ? below : above,
  };
}
