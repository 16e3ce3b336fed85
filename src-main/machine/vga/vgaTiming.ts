/** Dot clocks by miscellaneous output bits 3..2, in Hz; the other two choices have no crystal and run as the first. */
const DOT_CLOCKS_HZ = [25_175_000, 28_322_000, 25_175_000, 25_175_000] as const;

/** What input status 1 needs to know of a frame; times in nanoseconds, lines counted from the top of the picture. */
export interface VgaTiming {
  readonly lineNs: number;
  readonly visibleLineNs: number;
  readonly lines: number;
  readonly visibleLines: number;
  readonly retraceFirstLine: number;
  readonly retraceLines: number;
}

/** The registers that make the timing. */
export interface TimingRegisters {
  readonly misc: number;
  /** Sequencer register 1: bit 0 eight dots a character, bit 3 half the dot clock. */
  readonly clockingMode: number;
  readonly crtc: Readonly<Uint8Array>;
}

/** Frame timing as CRT controller registers 00h to 12h define it. Total for any register contents. */
export function vgaTiming({ misc, clockingMode, crtc }: TimingRegisters): VgaTiming {
  const register = (index: number): number => crtc[index] ?? 0;
  const overflow = register(0x07);
  const dots = clockingMode & 1 ? 8 : 9;
  const dotHz = (DOT_CLOCKS_HZ[(misc >> 2) & 3] ?? DOT_CLOCKS_HZ[0]) / (clockingMode & 8 ? 2 : 1);
  const characterNs = (dots * 1e9) / dotHz;
  const totalCharacters = register(0x00) + 5;
  const lines = (register(0x06) | ((overflow & 0x01) << 8) | ((overflow & 0x20) << 4)) + 2;
  const visibleLines = displayedLines(crtc);
  const retraceFirstLine = register(0x10) | ((overflow & 0x04) << 6) | ((overflow & 0x80) << 2);
  // The end register holds the low four bits of the line at which retrace ends.
  const retraceLines = (register(0x11) - retraceFirstLine) & 0x0f || 16;
  return {
    lineNs: Math.round(totalCharacters * characterNs),
    visibleLineNs: Math.round((register(0x01) + 1) * characterNs),
    lines,
    visibleLines: Math.min(visibleLines, lines),
    retraceFirstLine: Math.min(retraceFirstLine, lines - 1),
    retraceLines,
  };
}

/** Scan lines of the picture: vertical display end, register 12h with its bits in the overflow register. */
export function displayedLines(crtc: Readonly<Uint8Array>): number {
  const overflow = crtc[0x07] ?? 0;
  return ((crtc[0x12] ?? 0) | ((overflow & 0x02) << 7) | ((overflow & 0x40) << 3)) + 1;
}
