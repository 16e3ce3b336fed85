import type { PhysicalMemory } from '../engine/accelerators/translate/index.ts';
import { PAGE_FLAG } from '../engine/state/layout.ts';
import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import type { AddressRange, ShadowAccess, ShadowRam } from '../machine/GuestMemory.ts';
import { MOST_BIOS_BYTES } from '../machine/images/recogniseFirmware.ts';
import { sizeText } from '../machine/loaders/Refusal.ts';

/** A BIOS ends below 4 GiB; its last 128 KiB are seen below 1 MiB too (SDM vol. 3A, 10.1.4; IBM PC AT memory map). */
const BIOS_TOP = 2 ** 32;
const LEGACY_TOP = 0x10_0000;
const LEGACY_BYTES = 0x2_0000;
/** Where a VGA BIOS is looked for. */
const VIDEO_ROM_ADDRESS = 0xc_0000;
const PAGE_BYTES = 0x1000;
/** The finest range that chipsets switch. */
const BLOCK_BYTES = 0x4000;

/** Images of firmware. */
export interface FirmwareImages {
  readonly bios: Uint8Array;
  readonly vgaBios?: Uint8Array;
}

/** The room that images take in a VM's memory. Throws a RangeError when a PC's address space has none for them. */
export function romBytesOf({ bios, vgaBios }: FirmwareImages): number {
  if (bios.length > MOST_BIOS_BYTES)
    throw new RangeError(
      `a firmware image of ${sizeText(bios.length)} does not fit below 4 GiB, where there is room for ${sizeText(MOST_BIOS_BYTES)}. Choose the image of one chip`,
    );
  return [bios, vgaBios].reduce((sum, image) => sum + Math.ceil((image?.length ?? 0) / PAGE_BYTES) * PAGE_BYTES, 0);
}

/**
 * The addresses from C0000h to FFFFFh of a machine with firmware: in blocks of 16 KiB, each answered by the ROM at it,
 * by RAM, or by nobody. They begin with the ROMs.
 */
export class FirmwareShadow implements ShadowRam {
  private readonly memory: PhysicalMemory;
  private readonly processors: readonly VirtualProcessor[];
  private readonly access = new Map<number, ShadowAccess>();
  /** Where in the VM's memory the ROM of a page lies. */
  private readonly roms = new Map<number, number>();

  /** The memory has room for the images (`romBytesOf`). */
  constructor(memory: PhysicalMemory, processors: readonly VirtualProcessor[], { bios, vgaBios }: FirmwareImages) {
    this.memory = memory;
    this.processors = processors;
    // Whole pages, filled up in front: a BIOS is known by where it ends.
    const image = new Uint8Array(Math.ceil(bios.length / PAGE_BYTES) * PAGE_BYTES).fill(0xff);
    image.set(bios, image.length - bios.length);
    const host = memory.placeRom(image);
    const videoHost = vgaBios === undefined ? 0 : memory.placeRom(vgaBios);
    if (host === undefined || videoHost === undefined)
      throw new Error('The memory was made without room for its firmware: romBytesOf says how much it takes.');
    memory.setWindow('bios', BIOS_TOP - image.length, image.length, { kind: 'rom', host });
    const legacy = Math.min(image.length, LEGACY_BYTES);
    for (let page = 0; page < legacy; page += PAGE_BYTES)
      this.roms.set(LEGACY_TOP - legacy + page, host + image.length - legacy + page);
    for (let page = 0; page < (vgaBios?.length ?? 0); page += PAGE_BYTES)
      this.roms.set(VIDEO_ROM_ADDRESS + page, videoHost + page);
    this.setShadow({ first: VIDEO_ROM_ADDRESS, byteLength: LEGACY_TOP - VIDEO_ROM_ADDRESS }, 'rom');
  }

  setShadow({ first, byteLength }: AddressRange, access: ShadowAccess): void {
    for (let block = first; block < first + byteLength; block += BLOCK_BYTES) {
      if (this.access.get(block) === access) continue;
      // Translations are dropped while the pages that they were made from still answer, and again for the new ones.
      this.forgetCode(block);
      this.access.set(block, access);
      this.open(block, access);
      this.forgetCode(block);
    }
    for (const processor of this.processors) processor.stateChanged();
  }

  private open(block: number, access: ShadowAccess): void {
    for (let page = block; page < block + BLOCK_BYTES; page += PAGE_BYTES) this.memory.removeWindow(windowName(page));
    if (access === 'rom' || access === 'ram-write-only') {
      this.openRom(block, access === 'ram-write-only');
      return;
    }
    for (let page = block; page < block + BLOCK_BYTES; page += PAGE_BYTES) {
      if (access === 'ram') this.memory.clearFlags(page, PAGE_FLAG.readOnly);
      else this.memory.setFlags(page, PAGE_FLAG.readOnly);
    }
  }

  /** As few windows as there are runs of pages: each is looked through at a TLB miss. */
  private openRom(block: number, writesToRam: boolean): void {
    const end = block + BLOCK_BYTES;
    for (let start = block; start < end;) {
      const host = this.roms.get(start);
      let next = start + PAGE_BYTES;
      while (next < end && this.roms.get(next) === (host === undefined ? undefined : host + next - start))
        next += PAGE_BYTES;
      const target =
        host === undefined ? ({ kind: 'bus', writesToRam } as const) : ({ kind: 'rom', host, writesToRam } as const);
      this.memory.setWindow(windowName(start), start, next - start, target);
      start = next;
    }
  }

  private forgetCode(block: number): void {
    for (const processor of this.processors) processor.invalidatePhysical(block, BLOCK_BYTES);
  }
}

function windowName(page: number): string {
  return `shadow-${page.toString(16)}`;
}
