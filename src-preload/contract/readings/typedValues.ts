import { LANE_BYTES, laneTexts, type LaneType } from './lanes.ts';

/** How bytes of memory are read as numbers, little-endian. */
const VALUE_TYPES = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64'] as const satisfies LaneType[];

/** What is looked at for a text. */
export const TYPED_BYTES = 32;

export interface TypedValue {
  readonly type: (typeof VALUE_TYPES)[number] | 'text';
  /** Empty where there are too few bytes, or no text. */
  readonly text: string;
}

/** What the bytes at a place mean, read as each type. */
export function typedValues(bytes: Uint8Array): TypedValue[] {
  const numbers = VALUE_TYPES.map((type) => {
    const [text = ''] = bytes.length < LANE_BYTES[type] ? [] : laneTexts(bytes.slice(0, LANE_BYTES[type]), type);
    return { type, text };
  });
  return [...numbers, { type: 'text', text: textOf(bytes) }];
}

/** UTF-8, up to the first byte that is no part of a text. */
function textOf(bytes: Uint8Array): string {
  const [text = ''] = new TextDecoder().decode(bytes.slice(0, TYPED_BYTES)).split(/[\p{Cc}\ufffd]/u);
  return text;
}
