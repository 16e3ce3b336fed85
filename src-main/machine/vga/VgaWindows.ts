import type { DeviceMemory } from '../DeviceMemory.ts';
import type { VideoMemory } from '../GuestMemory.ts';
import type { VbeRegisters } from './VbeRegisters.ts';
import { VGA_WINDOW, type VgaMemory } from './VgaMemory.ts';

/** The parts of A0000h..BFFFFh that can lead to different places. */
const PARTS = [
  { name: 'vga-a0000', first: 0xa0000, byteLength: 0x1_0000 },
  { name: 'vga-b0000', first: 0xb0000, byteLength: 0x8000 },
  { name: 'vga-b8000', first: 0xb8000, byteLength: 0x8000 },
] as const;
const TEXT_BYTES = 0x8000;
const BANK_BYTES = 0x1_0000;

/** RAM where the guest finds the even and odd bytes of planes 0 and 1, so that it needs no device. */
interface TextWindow {
  readonly first: number;
}

/**
 * Keeps A0000h..BFFFFh on the fastest thing that is right for the registers as they are:
 * - a linear mode (chain-4, or a VBE mode of eight bits and more) on video memory itself;
 * - text and CGA modes on the RAM beneath, which then holds planes 0 and 1 until another program of the registers
 *   wants them in the planes;
 * - everything else on {@link VgaMemory}, which answers each access.
 */
export class VgaWindows {
  private readonly video: VideoMemory;
  private readonly ram: DeviceMemory;
  private readonly memory: VgaMemory;
  private readonly vbe: VbeRegisters;
  private text: TextWindow | undefined;
  private readonly buffer = new Uint8Array(TEXT_BYTES);

  constructor(video: VideoMemory, ram: DeviceMemory, memory: VgaMemory, vbe: VbeRegisters) {
    this.video = video;
    this.ram = ram;
    this.memory = memory;
    this.vbe = vbe;
  }

  /** Registers have changed. */
  update(): void {
    const mode = this.vbe.mode;
    this.memory.firstGroup = mode?.depth === 4 ? this.vbe.bank * BANK_BYTES : 0;
    const isVbeLinear = mode !== undefined && mode.depth !== 4;
    const text = this.textWindow();
    if (this.text !== undefined && this.text.first !== text?.first) this.leaveText(this.text);
    for (const part of PARTS) {
      if (part.first === text?.first) continue;
      if (isVbeLinear && part.first === VGA_WINDOW) {
        this.video.setWindow(part.name, part, { offset: this.vbe.bank * BANK_BYTES });
      } else {
        const offset = isVbeLinear ? undefined : this.linearOffset(part.first);
        this.video.setWindow(part.name, part, offset === undefined ? 'bus' : { offset });
      }
    }
    if (text !== undefined && this.text === undefined) this.enterText(text);
  }

  /** Brings the planes up to date with what the guest has written to a text window. */
  syncPlanes(): void {
    if (this.text !== undefined) this.readText(this.text);
  }

  isText(physicalAddress: number): boolean {
    const { text } = this;
    return text !== undefined && physicalAddress >= text.first && physicalAddress < text.first + TEXT_BYTES;
  }

  /** Memory has been restored together with the registers: what they describe is there already. */
  adopt(): void {
    this.text = this.textWindow();
    if (this.text) this.video.removeWindow(partAt(this.text.first));
    this.update();
  }

  /** All windows as at power-on, when RAM has been cleared: nothing is carried over. */
  forget(): void {
    this.text = undefined;
  }

  private textWindow(): TextWindow | undefined {
    const { mode } = this.vbe;
    if (mode !== undefined && mode.depth !== 4) return undefined;
    const { first, byteLength } = this.memory.map;
    const address = VGA_WINDOW + first;
    const hasRam = this.ram.size >= address + TEXT_BYTES;
    const isText = byteLength === TEXT_BYTES && this.memory.isEnabled && this.memory.isPlainOddEven;
    return isText && hasRam ? { first: address } : undefined;
  }

  private linearOffset(first: number): number | undefined {
    const { map } = this.memory;
    const offset = first - VGA_WINDOW - map.first;
    const isMapped = offset >= 0 && offset < map.byteLength;
    return isMapped && this.memory.isEnabled && this.memory.isLinear ? offset : undefined;
  }

  private enterText(text: TextWindow): void {
    const { bytes } = this.video;
    for (let at = 0; at < TEXT_BYTES; at++) this.buffer[at] = bytes[((at >> 1) << 2) | (at & 1)] ?? 0;
    this.ram.write(text.first, this.buffer);
    this.text = text;
    this.video.removeWindow(partAt(text.first));
  }

  private leaveText(text: TextWindow): void {
    this.readText(text);
    this.text = undefined;
  }

  private readText({ first }: TextWindow): void {
    const { bytes } = this.video;
    const { writtenPages } = this.memory;
    this.ram.read(first, this.buffer);
    for (let at = 0; at < TEXT_BYTES; at++) {
      const to = ((at >> 1) << 2) | (at & 1);
      const value = this.buffer[at] ?? 0;
      if (bytes[to] === value) continue;
      bytes[to] = value;
      writtenPages[to >> 12] = 1;
    }
  }
}

function partAt(first: number): string {
  return PARTS.find((part) => part.first === first)?.name ?? '';
}
