/**
 * Where the BIOS data area holds what is known of the screen, in bytes from its start (IBM PS/2 and PC BIOS Interface
 * Technical Reference, "BIOS data area").
 */
export const MODE = 0x49;
export const COLUMNS = 0x4a;
export const PAGE_BYTES = 0x4c;
export const PAGE_START = 0x4e;
export const CURSORS = 0x50;
export const CURSOR_SHAPE = 0x60;
export const ACTIVE_PAGE = 0x62;
export const CRTC_PORT = 0x63;
export const LAST_ROW = 0x84;
export const CELL_HEIGHT = 0x85;
export const VIDEO_CONTROL = 0x87;
export const SWITCHES = 0x88;
export const MODE_OPTIONS = 0x89;
export const DISPLAY_CODE = 0x8a;
