import type { TimerService } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { clearBytes } from '../clearBytes.ts';
import type { VideoMemory } from '../GuestMemory.ts';
import { drawGraphics } from './drawGraphics.ts';
import { FONT_8X16 } from './fonts/fonts.ts';
import { describeVbeGraphics, describeVgaGraphics, forLinesOfPages, type GraphicsDisplay } from './GraphicsDisplay.ts';
import type { Screen } from './Screen.ts';
import { readTextScreen, type TextScreen } from './TextScreen.ts';
import { VbeRegisters } from './VbeRegisters.ts';
import { VGA_WINDOW, VgaMemory } from './VgaMemory.ts';
import { VgaRegisters } from './VgaRegisters.ts';
import { VgaWindows } from './VgaWindows.ts';

/** Where the linear frame buffer lies until somebody places it, as on Bochs' VGA without PCI. */
export const FRAME_BUFFER_ADDRESS = 0xe000_0000;
const FRAME_BUFFER = 'vga-frame-buffer';
const PAGE_BYTES = 0x1000;
const BANK_BYTES = 0x1_0000;
const PLANES_BYTES = 0x4_0000;
/** Registers that the picture depends on fit here; see `VgaRegisters.copyPictureState`. */
const PICTURE_STATE_BYTES = 1024;
const GLYPH_SLOT = 32;

export interface VgaAdapterParts {
  readonly ids: { readonly registers: string; readonly memory: string; readonly vbe: string };
  readonly timers: TimerService;
  readonly video: VideoMemory;
  readonly ram: DeviceMemory;
}

/**
 * The display adapter: registers, planes and the VBE interface on one video memory, where the processor finds it,
 * and the picture. Pixels are drawn only when somebody asks for them, and then only lines that have changed.
 */
export class VgaAdapter {
  readonly registers: VgaRegisters;
  readonly memory: VgaMemory;
  readonly vbe: VbeRegisters;
  /** Where the linear frame buffer lies at present. */
  frameBufferAddress: number | undefined;
  private readonly video: VideoMemory;
  private readonly windows: VgaWindows;
  private readonly state = new Uint8Array(PICTURE_STATE_BYTES);
  private readonly drawnState = new Uint8Array(PICTURE_STATE_BYTES);
  private readonly writtenPages: Uint8Array;
  /** Pages that have been written at some time. */
  private readonly touched: Uint8Array;
  private display: GraphicsDisplay | undefined;
  private pixels = new Uint32Array(0);

  constructor({ ids, timers, video, ram }: VgaAdapterParts) {
    this.video = video;
    this.registers = new VgaRegisters(ids.registers, timers);
    this.memory = new VgaMemory(ids.memory, this.registers, video.bytes);
    this.vbe = new VbeRegisters(ids.vbe, video.bytes);
    this.windows = new VgaWindows(video, ram, this.memory, this.vbe);
    this.writtenPages = new Uint8Array(video.bytes.length / PAGE_BYTES);
    this.touched = new Uint8Array(video.bytes.length / PAGE_BYTES);
    this.registers.onMemoryControl = () => this.windows.update();
    this.vbe.onChange = () => {
      this.registers.hasWideDac = this.vbe.hasWideDac;
      this.windows.update();
    };
    this.powerOn({ isUsed: false });
  }

  /** Moves the linear frame buffer; undefined: nowhere. */
  placeFrameBuffer(physicalAddress: number | undefined): void {
    this.frameBufferAddress = physicalAddress;
    if (physicalAddress === undefined) this.video.removeWindow(FRAME_BUFFER);
    else {
      const range = { first: physicalAddress, byteLength: this.video.bytes.length };
      this.video.setWindow(FRAME_BUFFER, range, { offset: 0 });
    }
  }

  /**
   * Memory as after power-on with the work of a video BIOS done: cleared, the font in plane 2. Called once RAM has
   * been cleared and registers have been reset.
   * @param isUsed whether anybody can have written memory: looking for what is not zero costs as much as a kernel's decoding
   */
  powerOn({ isUsed }: { readonly isUsed: boolean }): void {
    const { bytes } = this.video;
    this.windows.forget();
    this.touched.fill(1, 0, PLANES_BYTES / PAGE_BYTES);
    if (isUsed) clearBytes(bytes);
    FONT_8X16.glyphs.forEach((row, at) => {
      const code = Math.floor(at / FONT_8X16.rows);
      bytes[(code * GLYPH_SLOT + (at % FONT_8X16.rows)) * 4 + 2] = row;
    });
    this.display = undefined;
    this.windows.update();
  }

  get videoBytes(): number {
    return this.video.bytes.length;
  }

  /** Whether an address from A0000h to BFFFFh leads to RAM at present, which then is the screen. */
  isRam(physicalAddress: number): boolean {
    return this.windows.isText(physicalAddress);
  }

  /** A byte at A0000h..BFFFFh where that is not RAM, as the processor would read it. */
  readByte(physicalAddress: number): number {
    const at = this.bankedByte(physicalAddress);
    return at === undefined ? this.memory.read(physicalAddress - VGA_WINDOW, 1) : (this.video.bytes[at] ?? 0xff);
  }

  writeByte(physicalAddress: number, value: number): void {
    const at = this.bankedByte(physicalAddress);
    if (at === undefined) this.memory.write(physicalAddress - VGA_WINDOW, 1, value);
    else this.setVideoByte(at, value);
  }

  /** A byte of one of the four planes. */
  planeByte(plane: number, offset: number): number {
    return this.video.bytes[(offset & 0xffff) * 4 + plane] ?? 0;
  }

  setPlaneByte(plane: number, offset: number, value: number): void {
    this.setVideoByte((offset & 0xffff) * 4 + plane, value);
  }

  clearPlanes(): void {
    this.video.bytes.fill(0, 0, PLANES_BYTES);
    this.memory.writtenPages.fill(1, 0, PLANES_BYTES / PAGE_BYTES);
  }

  private setVideoByte(at: number, value: number): void {
    this.video.bytes[at] = value;
    this.memory.writtenPages[Math.floor(at / PAGE_BYTES)] = 1;
  }

  /** In a VBE mode, what the bank at A0000h shows. */
  private bankedByte(physicalAddress: number): number | undefined {
    const { mode } = this.vbe;
    const isBanked = mode !== undefined && mode.depth !== 4 && physicalAddress < VGA_WINDOW + BANK_BYTES;
    return isBanked ? this.vbe.bank * BANK_BYTES + physicalAddress - VGA_WINDOW : undefined;
  }

  /** Registers, RAM and video memory have been restored: they agree already, nothing is carried over. */
  adoptMemory(): void {
    this.registers.hasWideDac = this.vbe.hasWideDac;
    this.display = undefined;
    this.windows.adopt();
  }

  /** Marks a page of video memory that somebody has written past the guest. */
  touchPage(page: number): void {
    this.touched[page] = 1;
  }

  /** A byte for each page of video memory, 1 for those written so far but for the guest's own writes through windows. */
  touchedPages(): Uint8Array {
    this.memory.writtenPages.forEach((isWritten, page) => (this.touched[page] = (this.touched[page] ?? 0) | isWritten));
    return this.touched;
  }

  /** Brings video memory up to date with what the guest writes to RAM in text modes. */
  settle(): void {
    this.windows.syncPlanes();
  }

  /** Undefined while the guest draws pixels. */
  textScreen(): TextScreen | undefined {
    this.windows.syncPlanes();
    return this.graphics() ? undefined : readTextScreen(this.registers, this.video.bytes);
  }

  /** The whole screen as it is now. */
  screen(): Screen {
    this.windows.syncPlanes();
    const display = this.graphics();
    if (display === undefined) return readTextScreen(this.registers, this.video.bytes);
    this.redraw(display);
    return this.graphicsScreen(display, 0, display.height);
  }

  /**
   * What has changed since the last call of this or of `screen`: a text screen always whole, of a picture the
   * lines between the first and the last that differ. Undefined when nothing of a picture did.
   */
  changedScreen(): Screen | undefined {
    this.windows.syncPlanes();
    const display = this.graphics();
    if (display === undefined) {
      this.display = undefined;
      return readTextScreen(this.registers, this.video.bytes);
    }
    const [first, end] = this.redraw(display);
    return first < end ? this.graphicsScreen(display, first, end) : undefined;
  }

  private graphics(): GraphicsDisplay | undefined {
    const length = this.registers.copyPictureState(this.state);
    const { mode } = this.vbe;
    const vbe = mode ? [mode.width, mode.height, mode.depth, mode.pitch, mode.start] : [];
    new Float64Array(this.state.buffer, PICTURE_STATE_BYTES - 5 * 8).fill(0);
    new Float64Array(this.state.buffer, PICTURE_STATE_BYTES - 5 * 8).set(vbe);
    if (length > PICTURE_STATE_BYTES - 5 * 8) throw new Error('the registers of the picture outgrew their buffer');
    const isSame = this.display !== undefined && this.state.every((byte, at) => byte === this.drawnState[at]);
    if (isSame) return this.display;
    return mode
      ? describeVbeGraphics(mode, this.registers, this.video.bytes.length)
      : describeVgaGraphics(this.registers);
  }

  /** Brings `pixels` up to date; returns the first line that was drawn and the one after the last. */
  private redraw(display: GraphicsDisplay): [first: number, end: number] {
    const pages = this.writtenPages;
    pages.set(this.memory.writtenPages);
    this.memory.writtenPages.fill(0);
    this.video.takeWrittenPages(pages);
    pages.forEach((isWritten, page) => (this.touched[page] = (this.touched[page] ?? 0) | isWritten));
    let first = display.height;
    let end = 0;
    const draw = (from: number, to: number): void => {
      drawGraphics(display, this.video.bytes, this.pixels, from, to);
      first = Math.min(first, from);
      end = Math.max(end, to);
    };
    if (display === this.display) forLinesOfPages(display, pages, draw);
    else {
      const size = display.width * display.height;
      if (this.pixels.length !== size) this.pixels = new Uint32Array(size);
      this.display = display;
      this.drawnState.set(this.state);
      draw(0, display.height);
    }
    return [first, end];
  }

  private graphicsScreen({ width, height }: GraphicsDisplay, first: number, end: number): Screen {
    const lines = this.pixels.slice(first * width, end * width);
    const pixels = new Uint8Array(lines.buffer);
    return { mode: 'graphics', width, height, firstLine: first, lineCount: end - first, pixels };
  }
}
