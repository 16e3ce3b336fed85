import type { FirmwareMemory } from './FirmwareMemory.ts';
import type { ServiceFrame } from './ServiceFrame.ts';

/** Offsets in the BIOS data area. */
const FLAGS_1 = 0x17,
  FLAGS_2 = 0x18,
  ALT_NUMBER = 0x19,
  HEAD = 0x1a,
  TAIL = 0x1c,
  BUFFER_START = 0x80,
  BUFFER_END = 0x82,
  MODE = 0x96,
  LEDS = 0x97;
const RING = { start: 0x1e, end: 0x3e } as const;

/** Bits of 40:17. */
const SHIFT = {
  right: 0x01,
  left: 0x02,
  control: 0x04,
  alt: 0x08,
  scroll: 0x10,
  num: 0x20,
  caps: 0x40,
  insert: 0x80,
} as const;
/** Bits of 40:96. */
const LAST_E1 = 0x01,
  LAST_E0 = 0x02,
  RIGHT_CONTROL = 0x04,
  RIGHT_ALT = 0x08,
  ENHANCED = 0x10;

/** Plain and shifted characters by set 1 code, from 1: the US layout. */
const PLAIN = "\x1b1234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
const SHIFTED = '\x1b!@#$%^&*()_+\b\0QWERTYUIOP{}\r\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0*\0 ';
/** The numeric pad, from 47h. */
const PAD = '789-456+1230.';

const DELETE = 0x53;

/** INT 09h and 16h: scan codes into the ring of 40:1E, and keys out of it (IBM BIOS Interface Technical Reference). */
export class KeyboardServices {
  private readonly memory: FirmwareMemory;
  private readonly setLeds: (leds: number) => void;
  private readonly onResetKeys: () => void;

  /** @param setLeds bit 0 scroll, 1 num, 2 caps @param onResetKeys Ctrl+Alt+Del */
  constructor(memory: FirmwareMemory, setLeds: (leds: number) => void, onResetKeys: () => void) {
    this.memory = memory;
    this.setLeds = setLeds;
    this.onResetKeys = onResetKeys;
  }

  powerOn(): void {
    const { memory } = this;
    memory.setData16(HEAD, RING.start);
    memory.setData16(TAIL, RING.start);
    memory.setData16(BUFFER_START, RING.start);
    memory.setData16(BUFFER_END, RING.end);
    memory.setData8(MODE, ENHANCED);
  }

  /** INT 16h. */
  serve(frame: ServiceFrame): void {
    switch (frame.ah) {
      case 0x00:
      case 0x10:
        this.take(frame);
        return;
      case 0x01:
      case 0x11: {
        const key = this.peek(frame.ah === 0x11);
        frame.isZero = key === undefined;
        if (key !== undefined) frame.ax = key;
        return;
      }
      case 0x02:
        frame.al = this.memory.data8(FLAGS_1);
        return;
      case 0x05:
        frame.al = this.put(frame.cx) ? 0 : 1;
        return;
      case 0x12:
        frame.al = this.memory.data8(FLAGS_1);
        frame.ah = this.extendedFlags();
        return;
      case 0x09:
        // Of INT 16h: 0Ah, 10h to 12h and typematic 0305h are there.
        frame.al = 0x30;
        return;
    }
  }

  /** A scan code of set 1 came from the keyboard. */
  onScanCode(code: number): void {
    const { memory } = this;
    const mode = memory.data8(MODE);
    if (code === 0xe0) return memory.setData8(MODE, mode | LAST_E0);
    if (code === 0xe1) return memory.setData8(MODE, mode | LAST_E1);
    const isExtended = (mode & LAST_E0) !== 0;
    const isPause = (mode & LAST_E1) !== 0;
    // E1 is followed by two codes, of which the second ends the sequence.
    memory.setData8(MODE, mode & ~(LAST_E0 | (isPause && (code & 0x7f) === 0x45 ? LAST_E1 : 0)));
    if (isPause) return;
    if (!this.onShiftKey(code, isExtended) && (code & 0x80) === 0) this.onKey(code, isExtended);
  }

  /** Returns whether the key only changes flags. */
  private onShiftKey(code: number, isExtended: boolean): boolean {
    const isDown = (code & 0x80) === 0;
    switch (code & 0x7f) {
      case 0x2a:
        if (!isExtended) this.hold(FLAGS_1, SHIFT.left, isDown);
        return true;
      case 0x36:
        if (!isExtended) this.hold(FLAGS_1, SHIFT.right, isDown);
        return true;
      case 0x1d:
        this.hold(FLAGS_1, SHIFT.control, isDown);
        this.hold(isExtended ? MODE : FLAGS_2, isExtended ? RIGHT_CONTROL : 0x01, isDown);
        return true;
      case 0x38:
        this.hold(FLAGS_1, SHIFT.alt, isDown);
        this.hold(isExtended ? MODE : FLAGS_2, isExtended ? RIGHT_ALT : 0x02, isDown);
        if (!isDown) this.endAltNumber();
        return true;
      case 0x3a:
        return this.toggle(SHIFT.caps, isDown);
      case 0x45:
        return this.toggle(SHIFT.num, isDown);
      case 0x46:
        return isExtended ? false : this.toggle(SHIFT.scroll, isDown);
      default:
        return false;
    }
  }

  private onKey(code: number, isExtended: boolean): void {
    const flags = this.memory.data8(FLAGS_1);
    const isControl = (flags & SHIFT.control) !== 0;
    const isAlt = (flags & SHIFT.alt) !== 0;
    if (code === DELETE && isControl && isAlt) return this.onResetKeys();
    if (code === 0x52 && isExtended) this.memory.setData8(FLAGS_1, flags ^ SHIFT.insert);
    if (isAlt && !isExtended && this.onAltDigit(code)) return;
    const key = isAlt
      ? altKey(code, isExtended)
      : isControl
        ? controlKey(code, isExtended)
        : this.plainKey(code, isExtended);
    if (key !== undefined) this.put(key);
  }

  private plainKey(code: number, isExtended: boolean): number | undefined {
    const flags = this.memory.data8(FLAGS_1);
    const isShifted = (flags & (SHIFT.left | SHIFT.right)) !== 0;
    if (isExtended) {
      if (code === 0x35) return 0xe02f;
      if (code === 0x1c) return 0xe00d;
      return (code << 8) | 0xe0;
    }
    if (code >= 0x47 && code <= 0x53) {
      const character = PAD[code - 0x47] ?? '';
      const isNumber = isShifted !== ((flags & SHIFT.num) !== 0) || character === '-' || character === '+';
      return (code << 8) | (isNumber ? character.charCodeAt(0) : code === 0x4c ? 0xf0 : 0);
    }
    if (code >= 0x3b && code <= 0x44) return (isShifted ? code + 0x19 : code) << 8;
    if (code === 0x57 || code === 0x58) return (code + (isShifted ? 0x30 : 0x2e)) << 8;
    if (code === 0x0f && isShifted) return 0x0f00;
    if (code === 0x56) return (code << 8) | (isShifted ? 0x7c : 0x5c);
    const plain = PLAIN[code - 1];
    if (plain === undefined || plain === '\0') return undefined;
    const isLetter = plain >= 'a' && plain <= 'z';
    const isUpper = isShifted !== (isLetter && (flags & SHIFT.caps) !== 0);
    return (code << 8) | (isUpper ? SHIFTED : PLAIN).charCodeAt(code - 1);
  }

  /** A number typed on the pad while Alt is held becomes the character of that code. */
  private onAltDigit(code: number): boolean {
    const digit = code >= 0x47 && code <= 0x52 ? '789-456+1230'[code - 0x47] : undefined;
    if (digit === undefined || digit === '-' || digit === '+') return false;
    this.memory.setData8(ALT_NUMBER, this.memory.data8(ALT_NUMBER) * 10 + Number(digit));
    return true;
  }

  private endAltNumber(): void {
    const number = this.memory.data8(ALT_NUMBER);
    this.memory.setData8(ALT_NUMBER, 0);
    if (number !== 0) this.put(number);
  }

  private hold(offset: number, bit: number, isDown: boolean): void {
    const flags = this.memory.data8(offset);
    this.memory.setData8(offset, isDown ? flags | bit : flags & ~bit);
  }

  private toggle(bit: number, isDown: boolean): true {
    // The key's own bit in 40:18 keeps its repetition from toggling again.
    const wasDown = (this.memory.data8(FLAGS_2) & bit) !== 0;
    this.hold(FLAGS_2, bit, isDown);
    if (!isDown || wasDown) return true;
    const flags = this.memory.data8(FLAGS_1) ^ bit;
    this.memory.setData8(FLAGS_1, flags);
    const leds = (flags >> 4) & 7;
    this.memory.setData8(LEDS, (this.memory.data8(LEDS) & ~7) | leds);
    this.setLeds(leds);
    return true;
  }

  private extendedFlags(): number {
    const second = this.memory.data8(FLAGS_2);
    const mode = this.memory.data8(MODE);
    return (second & 0x73) | ((second & 0x04) << 5) | (mode & (RIGHT_CONTROL | RIGHT_ALT));
  }

  /** Returns false when the ring is full. */
  private put(key: number): boolean {
    const { memory } = this;
    const tail = memory.data16(TAIL);
    const next = this.after(tail);
    if (next === memory.data16(HEAD)) return false;
    memory.setData16(tail, key);
    memory.setData16(TAIL, next);
    return true;
  }

  private take(frame: ServiceFrame): void {
    const key = this.peek(frame.ah === 0x10);
    if (key === undefined) {
      frame.again('interrupt');
      return;
    }
    frame.ax = key;
    this.memory.setData16(HEAD, this.after(this.memory.data16(HEAD)));
  }

  /** The next key; keys that only enhanced keyboards have look like their elders, or are skipped, for old functions. */
  private peek(isEnhanced: boolean): number | undefined {
    const { memory } = this;
    for (;;) {
      const head = memory.data16(HEAD);
      if (head === memory.data16(TAIL)) return undefined;
      const key = memory.data16(head);
      if (isEnhanced) return key;
      const character = key & 0xff;
      if (key >> 8 === 0xe0) return character === 0x0d ? 0x1c0d : 0x352f;
      if (character === 0xe0 && key >> 8 !== 0) return key & 0xff00;
      if (character !== 0xf0 || key >> 8 === 0) return key;
      memory.setData16(HEAD, this.after(head));
    }
  }

  private after(place: number): number {
    const start = this.memory.data16(BUFFER_START) || RING.start;
    const end = this.memory.data16(BUFFER_END) || RING.end;
    return place + 2 >= end ? start : place + 2;
  }
}

/** Alt gives scan codes without characters; digits and function keys have ranges of their own. */
function altKey(code: number, isExtended: boolean): number | undefined {
  if (isExtended) return code === 0x1c ? 0xa600 : code === 0x35 ? 0xa400 : (code + 0x50) << 8;
  if (code >= 0x02 && code <= 0x0d) return (code + 0x76) << 8;
  if (code >= 0x3b && code <= 0x44) return (code + 0x2d) << 8;
  if (code === 0x57 || code === 0x58) return (code + 0x34) << 8;
  if (code === 0x39) return 0x3920;
  return code < 0x47 ? code << 8 : undefined;
}

const CONTROL_PAD: Readonly<Record<number, number>> = {
  0x47: 0x77,
  0x48: 0x8d,
  0x49: 0x84,
  0x4b: 0x73,
  0x4d: 0x74,
  0x4f: 0x75,
  0x50: 0x91,
  0x51: 0x76,
  0x52: 0x92,
  0x53: 0x93,
};

function controlKey(code: number, isExtended: boolean): number | undefined {
  const pad = CONTROL_PAD[code];
  if (pad !== undefined) return (pad << 8) | (isExtended ? 0xe0 : 0);
  if (code >= 0x3b && code <= 0x44) return (code + 0x23) << 8;
  if (code === 0x57 || code === 0x58) return (code + 0x32) << 8;
  if (code === 0x1c) return isExtended ? 0xe00a : 0x1c0a;
  if (code === 0x0e) return 0x0e7f;
  if (code === 0x03) return 0x0300;
  if (code === 0x07) return 0x071e;
  if (code === 0x0c) return 0x0c1f;
  if (code === 0x39) return 0x3920;
  const plain = PLAIN[code - 1] ?? '\0';
  const isControl = (plain >= 'a' && plain <= 'z') || '[]\\\x1b'.includes(plain);
  return isControl && plain !== '\0' ? (code << 8) | (plain.charCodeAt(0) & 0x1f) : undefined;
}
