import { programMode } from '../../../src-main/machine/vga/programMode.ts';
import { FONT_8X16 } from '../../../src-main/machine/vga/fonts/fonts.ts';
import { rasterise, type RgbaImage } from '../../../src-main/machine/vga/rasterise.ts';
import { VgaAdapter } from '../../../src-main/machine/vga/VgaAdapter.ts';
import { findVgaMode, MODE_3 } from '../../../src-main/machine/vga/vgaModes.ts';
import { ManualTime } from './ManualTime.ts';

/** A display adapter that is driven as a guest without direct windows drives it: through ports and memory accesses. */
export class TestDisplay {
  readonly video = new Uint8Array(16 * 1024 * 1024);
  readonly ram = new Uint8Array(0x10_0000);
  readonly windows = new Map<string, string>();
  readonly adapter: VgaAdapter;

  constructor() {
    const { windows, ram, video } = this;
    this.adapter = new VgaAdapter({
      ids: { registers: 'vga0', memory: 'vga0-memory', vbe: 'vbe0' },
      timers: new ManualTime().timers,
      video: {
        bytes: video,
        setWindow: (name, { first }, target) =>
          windows.set(name, `${first.toString(16)}:${target === 'bus' ? 'bus' : target.offset.toString(16)}`),
        removeWindow: (name) => windows.delete(name),
        takeWrittenPages: () => false,
      },
      ram: {
        size: ram.length,
        read: (address, target) => target.set(ram.subarray(address, address + target.length)),
        write: (address, source) => ram.set(source, address),
      },
    });
  }

  /** Sets a mode; a graphics mode begins black. */
  mode(number: number): void {
    const mode = findVgaMode(number) ?? MODE_3;
    programMode(this.adapter.registers, mode);
    if (!mode.isText) this.video.fill(0);
  }

  /** A byte at a physical address from A0000h to BFFFFh: where a window leads to RAM, there. */
  poke(address: number, value: number): void {
    const isRam = address >= 0xb8000 && !this.windows.has('vga-b8000');
    if (isRam) this.ram[address] = value;
    else this.adapter.memory.write(address - 0xa0000, 1, value);
  }

  port(index: number, register: number, value: number): void {
    this.adapter.registers.write(index, 1, register);
    this.adapter.registers.write(index + 1, 1, value);
  }

  attribute(register: number, value: number): void {
    this.adapter.registers.read(0x2a);
    this.adapter.registers.write(0x10, 1, register);
    this.adapter.registers.write(0x10, 1, value);
    this.adapter.registers.write(0x10, 1, 0x20);
  }

  print(row: number, column: number, text: string, attribute = 0x07): void {
    [...text].forEach((letter, index) => {
      this.poke(0xb8000 + (row * 80 + column + index) * 2, letter.charCodeAt(0));
      this.poke(0xb8000 + (row * 80 + column + index) * 2 + 1, attribute);
    });
  }

  /** Draws a text with the 8x16 font, a pixel at a time. */
  draw(x: number, y: number, text: string, plot: (x: number, y: number) => void): void {
    [...text].forEach((letter, index) => {
      for (let row = 0; row < 16; row++) {
        const bits = FONT_8X16.glyphs[letter.charCodeAt(0) * 16 + row] ?? 0;
        for (let column = 0; column < 8; column++) {
          if (bits & (0x80 >> column)) plot(x + index * 8 + column, y + row);
        }
      }
    });
  }

  picture(): RgbaImage {
    const screen = this.adapter.screen();
    return screen.mode === 'text' ? rasterise(screen) : screen;
  }
}
