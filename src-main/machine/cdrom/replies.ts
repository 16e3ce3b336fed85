/** The data of CD-ROM commands whose content does not depend on the sectors (MMC-5, T10/1675D; SPC-3 for INQUIRY). */

export const CD_SECTOR_BYTES = 2048;
export const RAW_SECTOR_BYTES = 2352;
const FRAMES_PER_SECOND = 75;
/** Two seconds before the first sector. */
const LEAD_IN_FRAMES = 150;
/** The most that a CD holds: 80 minutes. What is larger is a DVD. */
const MOST_CD_SECTORS = 80 * 60 * FRAMES_PER_SECOND;
const LEAD_OUT = 0xaa;
/** ADR 1, a data track that may not be copied. */
const DATA_TRACK = 0x14;
const PROFILE_CD = 0x0008, PROFILE_DVD = 0x0010; // prettier-ignore
const SPEED_KBPS = 706 * 8;

class Reply {
  private readonly values: number[] = [];

  u8(...values: number[]): this {
    this.values.push(...values.map((value) => value & 0xff));
    return this;
  }

  u16(value: number): this {
    return this.u8(value >> 8, value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  text(text: string, length: number): this {
    return this.u8(...Array.from(text.padEnd(length).slice(0, length), (letter) => letter.charCodeAt(0)));
  }

  /** Puts the length of what follows in front, as two bytes. */
  withLength16(): Uint8Array {
    const length = this.values.length;
    return Uint8Array.of((length >> 8) & 0xff, length & 0xff, ...this.values);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.values);
  }
}

export function inquiry(): Uint8Array {
  return (
    new Reply()
      // CD/DVD device, removable, MMC-compatible, response data format 2.
      .u8(0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0)
      .text('VIVARIUM', 8)
      .text('CD-ROM', 16)
      .text('1.0', 4)
      .bytes()
  );
}

export function capacity(sectorCount: number): Uint8Array {
  return new Reply()
    .u32(sectorCount - 1)
    .u32(CD_SECTOR_BYTES)
    .bytes();
}

function isDvd(sectorCount: number): boolean {
  return sectorCount > MOST_CD_SECTORS;
}

/** Minute, second, frame. */
function msf(sector: number): [number, number, number] {
  const frames = sector + LEAD_IN_FRAMES;
  const seconds = Math.floor(frames / FRAMES_PER_SECOND);
  return [Math.floor(seconds / 60), seconds % 60, frames % FRAMES_PER_SECOND];
}

/** A disc with one track of data. Undefined: no such format, or no such track. */
export function tableOfContents(
  format: number,
  isMsf: boolean,
  from: number,
  sectorCount: number,
): Uint8Array | undefined {
  const place = (reply: Reply, sector: number): Reply => (isMsf ? reply.u8(0, ...msf(sector)) : reply.u32(sector));
  switch (format) {
    case 0: {
      if (from > 1 && from !== LEAD_OUT) return undefined;
      const reply = new Reply().u8(1, 1);
      if (from <= 1) place(reply.u8(0, DATA_TRACK, 1, 0), 0);
      return place(reply.u8(0, DATA_TRACK, LEAD_OUT, 0), sectorCount).withLength16();
    }
    case 1:
      // One session; its first track.
      return place(new Reply().u8(1, 1, 0, DATA_TRACK, 1, 0), 0).withLength16();
    case 2: {
      const reply = new Reply().u8(1, 1);
      // Points A0h and A1h: first and last track; A2h: lead-out; then the track.
      for (const [point, values] of [
        [0xa0, [1, 0, 0]],
        [0xa1, [1, 0, 0]],
        [0xa2, msf(sectorCount)],
        [0x01, msf(0)],
      ] as const)
        reply.u8(1, DATA_TRACK, 0, point, 0, 0, 0, 0, ...values);
      return reply.withLength16();
    }
    default:
      return undefined;
  }
}

/** @param sectorCount undefined without a disc */
export function configuration(first: number, kind: number, sectorCount: number | undefined): Uint8Array {
  const profile = sectorCount === undefined ? 0 : isDvd(sectorCount) ? PROFILE_DVD : PROFILE_CD;
  const features: [number, (reply: Reply) => Reply][] = [
    [
      0x0000,
      (reply) =>
        reply
          .u8(0x03, 8)
          .u16(PROFILE_DVD)
          .u8(profile === PROFILE_DVD ? 1 : 0, 0)
          .u16(PROFILE_CD)
          .u8(profile === PROFILE_CD ? 1 : 0, 0),
    ],
    // Core: an ATAPI interface.
    [0x0001, (reply) => reply.u8(0x0b, 8).u32(2).u8(1, 0, 0, 0)],
    // Removable medium: a tray that can be locked and that ejects.
    [0x0003, (reply) => reply.u8(0x03, 4).u8(0x29, 0, 0, 0)],
    [0x0010, (reply) => reply.u8(0x00, 8).u32(CD_SECTOR_BYTES).u16(1).u8(1, 0)],
    [0x001e, (reply) => reply.u8(0x08 | (profile === PROFILE_CD ? 1 : 0), 4).u8(0, 0, 0, 0)],
    [0x001f, (reply) => reply.u8(0x08 | (profile === PROFILE_DVD ? 1 : 0), 4).u8(0, 0, 0, 0)],
  ];
  const body = new Reply().u8(0, 0).u16(profile);
  for (const [number, write] of features) {
    const isAsked = kind === 2 ? number === first : number >= first;
    if (isAsked) write(body.u16(number));
  }
  const bytes = body.bytes();
  return Uint8Array.of(0, 0, bytes.length >> 8, bytes.length & 0xff, ...bytes);
}

/** Media events (MMC-5, 6.7.2.5): 1 eject wanted, 2 new medium, 3 medium gone. */
export function mediaEvent(event: number, isTrayOpen: boolean, hasMedium: boolean): Uint8Array {
  const status = (isTrayOpen ? 1 : 0) | (hasMedium ? 2 : 0);
  return Uint8Array.of(0, 6, 4, 0x10, event, status, 0, 0);
}

/** No event of a class that is asked for. */
export function noEvent(): Uint8Array {
  return Uint8Array.of(0, 2, 0x80, 0x10);
}

export function mechanismStatus(isTrayOpen: boolean): Uint8Array {
  return Uint8Array.of(0, isTrayOpen ? 0x10 : 0, 0, 0, 0, 1, 0, 0);
}

export function discInformation(): Uint8Array {
  // Complete, not erasable, one session, one track, unrestricted use.
  const reply = new Reply().u8(0x0e, 1, 1, 1, 1, 0x20, 0, 0, 0, 0).u32(0).u32(0xffff_ffff).u32(0xffff_ffff);
  return reply.u8(...new Array<number>(10).fill(0)).withLength16();
}

/** Undefined: no such page. */
export function modePages(page: number, isShort: boolean, isLocked: boolean): Uint8Array | undefined {
  const pages = new Reply();
  if (page === 0x01 || page === 0x3f) pages.u8(0x01, 6, 0, 5, 0, 0, 0, 0);
  if (page === 0x0e || page === 0x3f) pages.u8(0x0e, 14, 4, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff, 0, 0, 0, 0);
  if (page === 0x2a || page === 0x3f) {
    // Reads CD-R, CD-RW and DVD-ROM; mode 2 forms, multi-session; locks and ejects, a tray.
    pages.u8(0x2a, 18, 0x0b, 0, 0x70, 0, isLocked ? 0x2b : 0x29, 0);
    pages.u16(SPEED_KBPS).u16(0).u16(512).u16(SPEED_KBPS).u8(0, 0, 0, 0);
  }
  const body = pages.bytes();
  if (body.length === 0) return undefined;
  if (isShort) return Uint8Array.of(body.length + 3, 0x05, 0, 0, ...body);
  const length = body.length + 6;
  return Uint8Array.of(length >> 8, length & 0xff, 0x05, 0, 0, 0, 0, 0, ...body);
}

/** A sector as it lies on a CD, in mode 1: synchronisation, address, data. Check and correction codes are zeros. */
export function rawSector(sector: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RAW_SECTOR_BYTES);
  bytes.fill(0xff, 1, 11);
  const decimal = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10);
  bytes.set([...msf(sector).map(decimal), 1], 12);
  bytes.set(data, 16);
  return bytes;
}
