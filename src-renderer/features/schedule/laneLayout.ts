/** Where things stand on the lanes, in CSS pixels: the axis, a lane per pCPU, a gap, a row per vCPU. */
export const LABEL_WIDTH = 168;
export const AXIS_HEIGHT = 24;
export const LANE_HEIGHT = 36;
export const GROUP_GAP = 28;
export const ROW_HEIGHT = 36;
/** A row is a strip for exits and interrupts, and beneath it the bar of what the vCPU did, down to so much above its end. */
export const STRIP_TOP = 3;
export const STRIP_HEIGHT = 10;
export const BAR_HEIGHT = 16;
export const BAR_MARGIN = 4;

export function contentHeight(pcpuCount: number, rowCount: number): number {
  return rowsTop(pcpuCount) + rowCount * ROW_HEIGHT;
}

export function rowsTop(pcpuCount: number): number {
  return AXIS_HEIGHT + pcpuCount * LANE_HEIGHT + GROUP_GAP;
}
