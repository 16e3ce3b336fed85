import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readNumber, readWords } from '../snapshot.ts';

/** Register indices. */
const ID = 0,
  WIDTH = 1,
  HEIGHT = 2,
  BITS = 3,
  ENABLE = 4,
  BANK = 5,
  VIRTUAL_WIDTH = 6,
  VIRTUAL_HEIGHT = 7,
  X_OFFSET = 8,
  Y_OFFSET = 9,
  MEMORY_64K = 10;
const REGISTER_COUNT = 11;

/** The newest interface version; every older one is accepted when it is asked for. */
const NEWEST_ID = 0xb0c5;
const OLDEST_ID = 0xb0c0;

const ENABLED = 0x01;
const GET_CAPABILITIES = 0x02;
const WIDE_DAC = 0x20;
const LINEAR = 0x40;
const KEEP_MEMORY = 0x80;

/** Largest picture; what fits video memory counts besides. */
const MOST_WIDTH = 2560;
const MOST_HEIGHT = 1600;
const DEPTHS = [4, 8, 15, 16, 24, 32] as const;
const BANK_BYTES = 0x1_0000;

/** Colour depth in bits: 4 is planar, 8 a palette's index, 15 to 32 direct colour. */
export type VbeDepth = (typeof DEPTHS)[number];

/** A mode whose pixels are colours, to be set. */
export interface DirectColourMode {
  readonly width: number;
  readonly height: number;
  readonly depth: 15 | 16 | 24 | 32;
}

/** What the registers make of the screen while they are enabled. */
export interface VbeMode {
  readonly width: number;
  readonly height: number;
  readonly depth: VbeDepth;
  /** From line to line: in bytes, of one plane at depth 4. */
  readonly pitch: number;
  /** Of the first pixel in video memory: in bytes, of one plane at depth 4. */
  readonly start: number;
}

/**
 * The display interface of Bochs' VGA ("VBE DISPI", versions B0C0h to B0C5h; Bochs' documentation of
 * `vbe_display_api`): word registers behind an index.
 *
 * - offset 0: index; 1 (and 2): data. All 16 bits wide.
 * - 0 id; 1 width, 2 height, 3 bits a pixel; 4 enable (bit 0 enabled, 1 the former three give their maxima,
 *   5 eight-bit DAC, 6 linear frame buffer, 7 keep memory); 5 bank of 64 KiB at A0000h; 6, 7 virtual width and
 *   height; 8, 9 offset of the picture in it; 10 video memory in units of 64 KiB
 *
 * Width, height and depth change only while the interface is disabled.
 */
export class VbeRegisters implements BusDevice {
  readonly id: string;
  /** Called after each write that may change the picture or where memory answers. */
  onChange: (() => void) | undefined;
  private readonly bytes: Uint8Array;
  private readonly registers = new Uint16Array(REGISTER_COUNT);
  private index = 0;

  /** @param bytes video memory: a mode without {@link KEEP_MEMORY} begins with it cleared */
  constructor(id: string, bytes: Uint8Array) {
    this.id = id;
    this.bytes = bytes;
    this.reset();
  }

  get isEnabled(): boolean {
    return (this.register(ENABLE) & ENABLED) !== 0;
  }

  get hasWideDac(): boolean {
    return (this.register(ENABLE) & WIDE_DAC) !== 0;
  }

  get bank(): number {
    return this.register(BANK);
  }

  /** Undefined while the VGA's own registers make the picture. */
  get mode(): VbeMode | undefined {
    if (!this.isEnabled) return undefined;
    const depth = DEPTHS.find((each) => each === this.register(BITS)) ?? 8;
    const pitch = bytesOf(this.register(VIRTUAL_WIDTH), depth);
    const start = this.register(Y_OFFSET) * pitch + bytesOf(this.register(X_OFFSET), depth);
    return { width: this.register(WIDTH), height: this.register(HEIGHT), depth, pitch, start };
  }

  read(offset: number, _width: AccessWidth): number {
    return offset === 0 ? this.index : this.readRegister(this.index);
  }

  write(offset: number, _width: AccessWidth, value: number): void {
    if (offset === 0) this.index = value & 0xffff;
    else this.writeRegister(this.index, value & 0xffff);
  }

  readRegister(index: number): number {
    if (this.register(ENABLE) & GET_CAPABILITIES) {
      if (index === WIDTH) return MOST_WIDTH;
      if (index === HEIGHT) return MOST_HEIGHT;
      if (index === BITS) return 32;
    }
    if (index === MEMORY_64K) return this.bytes.length / BANK_BYTES;
    return this.register(index);
  }

  /** Sets a mode, as video firmware does. */
  setMode(
    { width, height, depth }: Pick<VbeMode, 'width' | 'height' | 'depth'>,
    { isLinear, keepsMemory }: { readonly isLinear: boolean; readonly keepsMemory: boolean },
  ): void {
    this.writeRegister(ENABLE, 0);
    this.writeRegister(WIDTH, width);
    this.writeRegister(HEIGHT, height);
    this.writeRegister(BITS, depth);
    this.writeRegister(ENABLE, ENABLED | (isLinear ? LINEAR : 0) | (keepsMemory ? KEEP_MEMORY : 0));
  }

  writeRegister(index: number, value: number): void {
    switch (index) {
      case ID:
        if (value >= OLDEST_ID && value <= NEWEST_ID) this.registers[ID] = value;
        return;
      case WIDTH:
        if (!this.isEnabled && value > 0 && value <= MOST_WIDTH) this.registers[WIDTH] = value & ~7;
        return;
      case HEIGHT:
        if (!this.isEnabled && value > 0 && value <= MOST_HEIGHT) this.registers[HEIGHT] = value;
        return;
      case BITS:
        if (!this.isEnabled && DEPTHS.some((depth) => depth === (value || 8))) this.registers[BITS] = value || 8;
        return;
      case ENABLE:
        this.enable(value);
        return;
      case BANK:
        if (value * BANK_BYTES >= this.bytes.length) return;
        this.registers[BANK] = value;
        break;
      case VIRTUAL_WIDTH:
        this.setVirtualWidth(value);
        break;
      case X_OFFSET:
      case Y_OFFSET:
        this.setOffset(index, value);
        break;
      default:
        return;
    }
    this.onChange?.();
  }

  reset(): void {
    this.registers.fill(0);
    this.registers[ID] = NEWEST_ID;
    this.registers[BITS] = 8;
    this.index = 0;
    this.onChange?.();
  }

  save(): DeviceState {
    return { version: 1, index: this.index, registers: [...this.registers] };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const index = readNumber(state, 'index', 0, 0xffff);
    const registers = readWords(state, 'registers', REGISTER_COUNT);
    this.index = index;
    this.registers.set(registers);
    if (!this.fits()) this.registers[ENABLE] = 0;
  }

  private register(index: number): number {
    return this.registers[index] ?? 0;
  }

  private enable(value: number): void {
    const wasEnabled = this.isEnabled;
    this.registers[ENABLE] = value & 0xff;
    if (this.isEnabled && !wasEnabled) {
      this.registers[VIRTUAL_WIDTH] = this.register(WIDTH);
      this.registers[X_OFFSET] = 0;
      this.registers[Y_OFFSET] = 0;
      if (this.register(WIDTH) === 0 || this.register(HEIGHT) === 0 || !this.fits()) this.registers[ENABLE] = 0;
      else this.updateVirtualHeight();
    }
    if (!this.isEnabled) this.registers[BANK] = 0;
    // Before memory is cleared: a text screen is put there first.
    this.onChange?.();
    const { mode } = this;
    if (mode && !wasEnabled && (value & KEEP_MEMORY) === 0) this.bytes.fill(0, 0, memoryEnd(mode));
  }

  /** The picture lies inside video memory. */
  private fits(): boolean {
    const { mode } = this;
    return mode === undefined || (this.register(VIRTUAL_WIDTH) >= mode.width && memoryEnd(mode) <= this.bytes.length);
  }

  private setVirtualWidth(value: number): void {
    const before = this.register(VIRTUAL_WIDTH);
    this.registers[VIRTUAL_WIDTH] = value & ~7;
    if (!this.fits()) this.registers[VIRTUAL_WIDTH] = before;
    this.updateVirtualHeight();
  }

  private updateVirtualHeight(): void {
    const { mode } = this;
    if (!mode || mode.pitch === 0) return;
    const lines = Math.floor(this.bytes.length / (mode.pitch * planesOf(mode)));
    this.registers[VIRTUAL_HEIGHT] = Math.min(0xffff, lines);
  }

  /** An offset that would show what lies beyond video memory is not taken. */
  private setOffset(index: typeof X_OFFSET | typeof Y_OFFSET, value: number): void {
    const before = this.register(index);
    this.registers[index] = value;
    if (!this.fits()) this.registers[index] = before;
  }
}

/** First byte of video memory behind the picture. */
function memoryEnd(mode: VbeMode): number {
  return (mode.start + mode.height * mode.pitch) * planesOf(mode);
}

function planesOf({ depth }: VbeMode): number {
  return depth === 4 ? 4 : 1;
}

/** Of so many pixels; of one plane at depth 4. */
function bytesOf(pixels: number, depth: VbeDepth): number {
  return depth === 4 ? pixels >> 3 : pixels * ((depth + 7) >> 3);
}
