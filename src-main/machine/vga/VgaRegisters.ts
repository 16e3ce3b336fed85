import type { BusDevice, DeviceState, TimerService } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes, readFlag } from '../snapshot.ts';
import { DAC_SIZE, MODE_3, dacOf } from './vgaModes.ts';
import { type VgaTiming, vgaTiming } from './vgaTiming.ts';

const STATUS_BLANK = 0x01;
const STATUS_RETRACE = 0x08;

/** CRTC register 11h bit 7 protects registers 0..7, but for bit 4 of register 7. */
const CRTC_PROTECTED = 7;
const CRTC_PROTECT_INDEX = 0x11;
const OVERFLOW_LINE_COMPARE = 0x10;

/**
 * The VGA's registers (IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"), at the offsets that
 * they have from 3B0h. What they mean is others' business: {@link VgaMemory} for the sequencer's and the graphics
 * controller's part, {@link readTextScreen} and {@link describeGraphics} for the picture. The border's colour and
 * the vertical retrace interrupt are deliberately missing.
 *
 * - 04/05, 24/25: CRT controller index and data; which pair answers, and 0A or 2A, follows misc bit 0 (colour)
 * - 0A/2A read: input status 1: bit 0 not displaying, bit 3 vertical retrace; resets the attribute flip-flop
 * - 10: attribute index (bit 5: display on) and data in turn; 11: data, read
 * - 12 write: miscellaneous output (bit 0 colour addresses, 1 RAM on, 3..2 clock); 12 read: input status 0; 1C read
 * - 13: video subsystem enable; 14/15: sequencer; 1E/1F: graphics controller; 1A: feature control, read
 * - 16: DAC mask; 17 write: read index, read: state; 18: write index; 19: red, green, blue in turn, six bits each
 *   (eight while {@link hasWideDac})
 *
 * A reset leaves mode 3 (80x25 in colour) as a video BIOS would.
 */
export class VgaRegisters implements BusDevice {
  readonly id: string;
  /** Called after a write that may change where memory answers or how it is written. */
  onMemoryControl: (() => void) | undefined;
  /** The DAC takes and gives eight bits a component instead of six. */
  hasWideDac = false;
  private readonly timers: TimerService;
  private timing: VgaTiming | undefined;

  private misc: number = MODE_3.misc;
  private feature = 0;
  private enable = 1;
  private crtcIndex = 0;
  private sequencerIndex = 0;
  private graphicsIndex = 0;
  private attributeIndex = 0x20;
  private isAttributeData = false;
  private readonly crtc = new Uint8Array(25);
  private readonly sequencer = new Uint8Array(5);
  private readonly graphics = new Uint8Array(9);
  private readonly attribute = new Uint8Array(21);

  private readonly dac = new Uint8Array(DAC_SIZE);
  private dacMask = 0xff;
  /** Component that the next access moves: three times the index plus 0..2. */
  private dacReadAt = 0;
  private dacWriteAt = 0;
  private isDacReading = false;

  constructor(id: string, timers: TimerService) {
    this.id = id;
    this.timers = timers;
    this.reset();
  }

  crtcRegister(index: number): number {
    return this.crtc[index] ?? 0;
  }

  sequencerRegister(index: number): number {
    return this.sequencer[index] ?? 0;
  }

  graphicsRegister(index: number): number {
    return this.graphics[index] ?? 0;
  }

  attributeRegister(index: number): number {
    return this.attribute[index] ?? 0;
  }

  /** The attribute controller shows the picture, not the border colour. */
  get isDisplayOn(): boolean {
    return (this.attributeIndex & 0x20) !== 0;
  }

  get miscellaneousOutput(): number {
    return this.misc;
  }

  /** Colour of a DAC entry, its mask applied, as 0xRRGGBB. */
  colour(index: number): number {
    const at = (index & this.dacMask) * 3;
    return (this.component(at) << 16) | (this.component(at + 1) << 8) | this.component(at + 2);
  }

  /** Copies every register that the picture depends on into `target` and returns how many bytes they are. */
  copyPictureState(target: Uint8Array): number {
    let at = 0;
    for (const registers of [this.crtc, this.sequencer, this.attribute, this.dac]) {
      target.set(registers, at);
      at += registers.length;
    }
    // Of the graphics controller only the shift mode and the memory map; the others matter to writes alone.
    const others = [this.graphicsRegister(5) & 0x60, this.graphicsRegister(6), this.misc, this.dacMask];
    target.set([...others, this.attributeIndex & 0x20, Number(this.hasWideDac)], at);
    return at + others.length + 2;
  }

  read(offset: number): number {
    const isColour = (this.misc & 1) !== 0;
    switch (offset) {
      case 0x04:
        return isColour ? 0xff : this.crtcIndex;
      case 0x05:
        return isColour ? 0xff : this.crtcRegister(this.crtcIndex);
      case 0x24:
        return isColour ? this.crtcIndex : 0xff;
      case 0x25:
        return isColour ? this.crtcRegister(this.crtcIndex) : 0xff;
      case 0x0a:
        return isColour ? 0xff : this.readInputStatus1();
      case 0x2a:
        return isColour ? this.readInputStatus1() : 0xff;
      case 0x10:
        return this.attributeIndex;
      case 0x11:
        return this.attributeRegister(this.attributeIndex & 0x1f);
      case 0x12:
        // Switch sense: a colour display is attached.
        return 0x10;
      case 0x13:
        return this.enable;
      case 0x14:
        return this.sequencerIndex;
      case 0x15:
        return this.sequencerRegister(this.sequencerIndex);
      case 0x16:
        return this.dacMask;
      case 0x17:
        return this.isDacReading ? 3 : 0;
      case 0x18:
        return Math.floor(this.dacWriteAt / 3);
      case 0x19:
        return this.readDac();
      case 0x1a:
        return this.feature;
      case 0x1c:
        return this.misc;
      case 0x1e:
        return this.graphicsIndex;
      case 0x1f:
        return this.graphicsRegister(this.graphicsIndex);
      default:
        return 0xff;
    }
  }

  write(offset: number, _width: number, value: number): void {
    const isColour = (this.misc & 1) !== 0;
    switch (offset) {
      case 0x04:
        if (!isColour) this.crtcIndex = value;
        return;
      case 0x05:
        if (!isColour) this.writeCrtc(value);
        return;
      case 0x24:
        if (isColour) this.crtcIndex = value;
        return;
      case 0x25:
        if (isColour) this.writeCrtc(value);
        return;
      case 0x0a:
      case 0x2a:
        this.feature = value;
        return;
      case 0x10:
        this.writeAttribute(value);
        return;
      case 0x12:
        this.misc = value;
        this.timing = undefined;
        this.onMemoryControl?.();
        return;
      case 0x13:
        this.enable = value & 1;
        return;
      case 0x14:
        this.sequencerIndex = value;
        return;
      case 0x15:
        put(this.sequencer, this.sequencerIndex, value);
        this.timing = undefined;
        this.onMemoryControl?.();
        return;
      case 0x16:
        this.dacMask = value;
        return;
      case 0x17:
        this.dacReadAt = value * 3;
        this.isDacReading = true;
        return;
      case 0x18:
        this.dacWriteAt = value * 3;
        this.isDacReading = false;
        return;
      case 0x19:
        this.dac[this.dacWriteAt] = this.hasWideDac ? value : value & 0x3f;
        this.dacWriteAt = (this.dacWriteAt + 1) % DAC_SIZE;
        return;
      case 0x1e:
        this.graphicsIndex = value;
        return;
      case 0x1f:
        put(this.graphics, this.graphicsIndex, value);
        this.onMemoryControl?.();
        return;
    }
  }

  reset(): void {
    this.misc = MODE_3.misc;
    this.feature = 0;
    this.enable = 1;
    this.crtcIndex = 0;
    this.sequencerIndex = 0;
    this.graphicsIndex = 0;
    this.attributeIndex = 0x20;
    this.isAttributeData = false;
    this.crtc.set(MODE_3.crtc);
    this.sequencer.set(MODE_3.sequencer);
    this.graphics.set(MODE_3.graphics);
    this.attribute.set(MODE_3.attribute);
    this.dac.set(dacOf('ega'));
    this.dacMask = 0xff;
    this.dacReadAt = 0;
    this.dacWriteAt = 0;
    this.isDacReading = false;
    this.hasWideDac = false;
    this.timing = undefined;
    this.onMemoryControl?.();
  }

  save(): DeviceState {
    return {
      version: 1,
      misc: this.misc,
      feature: this.feature,
      enable: this.enable,
      crtcIndex: this.crtcIndex,
      sequencerIndex: this.sequencerIndex,
      graphicsIndex: this.graphicsIndex,
      attributeIndex: this.attributeIndex,
      isAttributeData: this.isAttributeData,
      crtc: [...this.crtc],
      sequencer: [...this.sequencer],
      graphics: [...this.graphics],
      attribute: [...this.attribute],
      dac: [...this.dac],
      dacMask: this.dacMask,
      dacReadIndex: Math.floor(this.dacReadAt / 3),
      dacReadComponent: this.dacReadAt % 3,
      dacWriteIndex: Math.floor(this.dacWriteAt / 3),
      dacWriteComponent: this.dacWriteAt % 3,
      isDacReading: this.isDacReading,
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const dac = readBytes(state, 'dac', DAC_SIZE, DAC_SIZE);
    this.crtc.set(readBytes(state, 'crtc', 25, 25));
    this.sequencer.set(readBytes(state, 'sequencer', 5, 5));
    this.graphics.set(readBytes(state, 'graphics', 9, 9));
    this.attribute.set(readBytes(state, 'attribute', 21, 21));
    this.dac.set(dac);
    this.misc = readByte(state, 'misc');
    this.feature = readByte(state, 'feature');
    this.enable = readByte(state, 'enable');
    this.crtcIndex = readByte(state, 'crtcIndex');
    this.sequencerIndex = readByte(state, 'sequencerIndex');
    this.graphicsIndex = readByte(state, 'graphicsIndex');
    this.attributeIndex = readByte(state, 'attributeIndex');
    this.isAttributeData = readFlag(state, 'isAttributeData');
    this.dacMask = readByte(state, 'dacMask');
    this.dacReadAt = readByte(state, 'dacReadIndex') * 3 + (readByte(state, 'dacReadComponent') % 3);
    this.dacWriteAt = readByte(state, 'dacWriteIndex') * 3 + (readByte(state, 'dacWriteComponent') % 3);
    this.isDacReading = readFlag(state, 'isDacReading');
    this.timing = undefined;
  }

  private readInputStatus1(): number {
    this.isAttributeData = false;
    const timing = (this.timing ??= vgaTiming({
      misc: this.misc,
      clockingMode: this.sequencerRegister(1),
      crtc: this.crtc,
    }));
    const inFrame = this.timers.now() % (timing.lines * timing.lineNs);
    const line = Math.floor(inFrame / timing.lineNs);
    const isBlank = line >= timing.visibleLines || inFrame % timing.lineNs >= timing.visibleLineNs;
    const isRetrace = line >= timing.retraceFirstLine && line < timing.retraceFirstLine + timing.retraceLines;
    return (isBlank ? STATUS_BLANK : 0) | (isRetrace ? STATUS_RETRACE : 0);
  }

  /** Eight bits of a colour component; of six, the top ones repeat at the bottom, so that 63 becomes 255. */
  private component(at: number): number {
    const value = this.dac[at] ?? 0;
    return this.hasWideDac ? value : ((value << 2) | (value >> 4)) & 0xff;
  }

  private writeCrtc(value: number): void {
    this.timing = undefined;
    const isProtected = (this.crtcRegister(CRTC_PROTECT_INDEX) & 0x80) !== 0 && this.crtcIndex <= CRTC_PROTECTED;
    if (!isProtected) put(this.crtc, this.crtcIndex, value);
    else if (this.crtcIndex === CRTC_PROTECTED) {
      const kept = this.crtcRegister(CRTC_PROTECTED) & ~OVERFLOW_LINE_COMPARE;
      put(this.crtc, CRTC_PROTECTED, kept | (value & OVERFLOW_LINE_COMPARE));
    }
  }

  private writeAttribute(value: number): void {
    if (this.isAttributeData) put(this.attribute, this.attributeIndex & 0x1f, value);
    else this.attributeIndex = value & 0x3f;
    this.isAttributeData = !this.isAttributeData;
  }

  private readDac(): number {
    const value = this.dac[this.dacReadAt] ?? 0;
    this.dacReadAt = (this.dacReadAt + 1) % DAC_SIZE;
    return value;
  }
}

/** Writes to registers that do not exist go nowhere. */
function put(registers: Uint8Array, index: number, value: number): void {
  if (index < registers.length) registers[index] = value;
}
