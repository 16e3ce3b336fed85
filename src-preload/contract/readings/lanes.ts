/** How the bytes of a vector register are read. */
export const LANE_TYPES = ['hex', 'f32', 'f64', 'i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64'] as const;
export type LaneType = (typeof LANE_TYPES)[number];

export const LANE_BYTES: Readonly<Record<LaneType, number>> = {
  hex: 4,
  f32: 4,
  f64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
};

/** The lanes of a register as text, the lowest last, as registers are written. */
export function laneTexts(bytes: Uint8Array, type: LaneType): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = LANE_BYTES[type];
  return Array.from({ length: bytes.length / width }, (_, lane) => laneText(view, lane * width, type)).reverse();
}

function laneText(view: DataView, at: number, type: LaneType): string {
  switch (type) {
    case 'hex':
      return view.getUint32(at, true).toString(16).padStart(8, '0');
    case 'f32':
      return floatText(view.getFloat32(at, true), 'single');
    case 'f64':
      return floatText(view.getFloat64(at, true));
    case 'i8':
      return String(view.getInt8(at));
    case 'i16':
      return String(view.getInt16(at, true));
    case 'i32':
      return String(view.getInt32(at, true));
    case 'i64':
      return String(view.getBigInt64(at, true));
    case 'u8':
      return String(view.getUint8(at));
    case 'u16':
      return String(view.getUint16(at, true));
    case 'u32':
      return String(view.getUint32(at, true));
    case 'u64':
      return String(view.getBigUint64(at, true));
  }
}

/** As many digits as tell the value from its neighbours of the same width. */
export function floatText(value: number, width: 'single' | 'double' = 'double'): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (Object.is(value, -0)) return '-0';
  if (width === 'double') return String(value);
  const rounded = SINGLE_DIGITS.map((digits) => Number(value.toPrecision(digits)));
  return String(rounded.find((each) => Math.fround(each) === value) ?? value);
}

/** Digits that may tell a single from its neighbours. */
const SINGLE_DIGITS = [6, 7, 8, 9];

/** Exception flags of the x87's status word and of MXCSR, from bit 0 (SDM vol. 1, figures 8-4 and 10-3). */
const EXCEPTIONS = ['IE', 'DE', 'ZE', 'OE', 'UE', 'PE'];
const ROUNDING = ['nearest', 'down', 'up', 'zero'] as const;
export type Rounding = (typeof ROUNDING)[number];

/** Names of the exceptions whose bits are set, from `shift` on. */
export function exceptionsOf(word: number, shift = 0): string {
  return EXCEPTIONS.filter((_, bit) => (word >>> (shift + bit)) & 1).join(' ');
}

/** @param shift of the two bits of the rounding control: 10 in the x87's control word, 13 in MXCSR */
export function roundingOf(word: number, shift: 10 | 13): Rounding {
  return ROUNDING[(word >>> shift) & 3] ?? 'nearest';
}

/** Bits of the mantissa that the x87 rounds to. */
export function precisionOf(control: number): number {
  return [24, 0, 53, 64][(control >>> 8) & 3] ?? 64;
}

/** Number of the register that is ST0. */
export function topOf(status: number): number {
  return (status >>> 11) & 7;
}
