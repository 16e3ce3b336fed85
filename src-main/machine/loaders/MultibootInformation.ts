import type { FrameBuffer } from './FrameBuffer.ts';
import { commandLineBytes } from './CommandLine.ts';
import { CONVENTIONAL_END, EXTENDED_START, memoryMap, type MemoryRange } from './MemoryMap.ts';

export const BOOT_LOADER_NAME = 'Vivarium';
/** A file handed to the kernel, where it lies: physical addresses, the end exclusive. */
export interface MultibootModule {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

const STRUCTURE_BYTES = 116;
const MODULE_BYTES = 16;
const MAP_ENTRY_BYTES = 24;
/** Flags of the fields that are filled in: mem_*, cmdline, mods_*, mmap_*, boot_loader_name, framebuffer_*. */
const HAS_MEMORY = 1 << 0,
  HAS_COMMAND_LINE = 1 << 2,
  HAS_MODULES = 1 << 3,
  HAS_MAP = 1 << 6,
  HAS_LOADER_NAME = 1 << 9,
  HAS_FRAME_BUFFER = 1 << 12;

/** The structure that EBX points to, and what it refers to (Multiboot Specification 0.6.96, 3.3). */
export class MultibootInformation {
  readonly length: number;
  private readonly memoryBytes: number;
  private readonly commandLine: Uint8Array;
  private readonly loaderName = commandLineBytes(BOOT_LOADER_NAME);
  private readonly modules: readonly { start: number; end: number; name: Uint8Array }[];
  private readonly map: readonly MemoryRange[];
  private readonly screen: FrameBuffer;

  constructor(memoryBytes: number, commandLine: string, modules: readonly MultibootModule[], screen: FrameBuffer) {
    this.screen = screen;
    this.memoryBytes = memoryBytes;
    this.commandLine = commandLineBytes(commandLine);
    this.modules = modules.map(({ start, end, name }) => ({ start, end, name: commandLineBytes(name) }));
    this.map = memoryMap(memoryBytes);
    const strings =
      this.commandLine.length + this.loaderName.length + this.modules.reduce((sum, { name }) => sum + name.length, 0);
    this.length = STRUCTURE_BYTES + this.map.length * MAP_ENTRY_BYTES + this.modules.length * MODULE_BYTES + strings;
  }

  /** Its bytes for this physical address. */
  encode(address: number): Uint8Array {
    const bytes = new Uint8Array(this.length);
    const view = new DataView(bytes.buffer);
    const put = (at: number, value: number): void => view.setUint32(at, value, true);
    let free = STRUCTURE_BYTES;
    const append = (contents: Uint8Array): number => {
      const at = free;
      bytes.set(contents, at);
      free += contents.length;
      return address + at;
    };
    const mapAt = free;
    for (const { start, end, type } of this.map) {
      put(free, MAP_ENTRY_BYTES - 4); // the size field does not count itself
      put(free + 4, start);
      put(free + 12, end - start);
      put(free + 20, type);
      free += MAP_ENTRY_BYTES;
    }
    const modulesAt = free;
    free += this.modules.length * MODULE_BYTES;
    this.modules.forEach(({ start, end, name }, i) => {
      put(modulesAt + i * MODULE_BYTES, start);
      put(modulesAt + i * MODULE_BYTES + 4, end);
      put(modulesAt + i * MODULE_BYTES + 8, append(name));
    });
    put(0, HAS_MEMORY | HAS_COMMAND_LINE | HAS_MODULES | HAS_MAP | HAS_LOADER_NAME | HAS_FRAME_BUFFER);
    put(4, CONVENTIONAL_END / 1024);
    put(8, Math.max(0, this.memoryBytes - EXTENDED_START) / 1024);
    put(16, append(this.commandLine));
    put(20, this.modules.length);
    put(24, address + modulesAt);
    put(44, this.map.length * MAP_ENTRY_BYTES);
    put(48, address + mapAt);
    put(64, append(this.loaderName));
    const { screen } = this;
    put(88, screen.address);
    put(96, screen.pitch);
    put(100, screen.width);
    put(104, screen.height);
    bytes.set([screen.depth, screen.type, ...screen.colours], 108);
    return bytes;
  }
}
