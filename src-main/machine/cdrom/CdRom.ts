import type { DeviceState } from '../BusDevice.ts';
import type { Medium } from '../drives/Medium.ts';
import { checkVersion, readByte, readFlag, readNumber } from '../snapshot.ts';
import {
  capacity,
  CD_SECTOR_BYTES,
  configuration,
  discInformation,
  inquiry,
  mechanismStatus,
  mediaEvent,
  modePages,
  noEvent,
  RAW_SECTOR_BYTES,
  rawSector,
  tableOfContents,
} from './replies.ts';
import { type Sense, SENSE, senseBytes } from './Sense.ts';

const EVENT = { none: 0, ejectWanted: 1, newMedium: 2, mediumGone: 3 } as const;
const MEDIA_CLASS = 1 << 4;

/** What a packet comes to. `sectors` are read one by one, each as `sectorBytes` of data. */
export type CdReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly senseKey: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'sectors'; readonly first: number; readonly count: number; readonly sectorBytes: number }
  | { readonly kind: 'parameters'; readonly byteLength: number };

const DONE: CdReply = { kind: 'done' };

/**
 * A CD or DVD drive with a tray, by its packet commands (MMC-5, T10/1675D; SPC-3): reading, and what
 * operating systems ask to find out what lies inside. Discs have one session with one track of data.
 */
export class CdRom {
  private medium: Medium | undefined;
  private sense: Sense = SENSE.none;
  private isTrayOpen = false;
  /** The guest has locked the tray. */
  private isLocked = false;
  /** The next command learns that the disc is another one. */
  private isChanged = false;
  private event: number = EVENT.none;

  constructor(medium: Medium | undefined) {
    this.medium = medium;
  }

  /** The disc that can be read. */
  private get disc(): Medium | undefined {
    return this.isTrayOpen ? undefined : this.medium;
  }

  /**
   * Takes the disc out, and puts another one in.
   * @returns false when the guest has locked the tray; it is told that somebody wants the disc
   */
  insert(medium: Medium | undefined): boolean {
    if (this.isLocked && this.disc !== undefined) {
      this.event = EVENT.ejectWanted;
      return false;
    }
    this.medium = medium;
    this.isTrayOpen = false;
    this.isChanged = medium !== undefined;
    this.event = medium === undefined ? EVENT.mediumGone : EVENT.newMedium;
    return true;
  }

  /** Has another disc inside, as a state that is restored next knows it. */
  hold(medium: Medium | undefined): void {
    this.medium = medium;
  }

  execute(packet: Uint8Array): CdReply {
    const [command = 0] = packet;
    // INQUIRY, REQUEST SENSE, GET CONFIGURATION and GET EVENT STATUS NOTIFICATION pass by a changed disc (SPC-3, 5.6).
    if (this.isChanged && ![0x12, 0x03, 0x46, 0x4a].includes(command)) {
      this.isChanged = false;
      return this.fail(SENSE.mediumChanged);
    }
    const asked = this.sense;
    this.sense = SENSE.none;
    if (command === 0x03) return bytesUpTo(senseBytes(asked), packet[4] ?? 0);
    return this.dispatch(command, packet, new DataView(packet.buffer, packet.byteOffset, packet.byteLength));
  }

  /** Reads whole sectors, each as 2048 bytes of data or 2352 as they lie on a disc. */
  read(sector: number, sectorBytes: number, into: Uint8Array): boolean {
    const { disc } = this;
    if (disc === undefined) return false;
    if (sectorBytes === CD_SECTOR_BYTES) return disc.read(sector, into);
    const data = new Uint8Array(CD_SECTOR_BYTES);
    for (let at = 0; at < into.length; at += RAW_SECTOR_BYTES) {
      const number = sector + at / RAW_SECTOR_BYTES;
      if (!disc.read(number, data)) return false;
      into.set(rawSector(number, data), at);
    }
    return true;
  }

  /** Sectors that were promised could not be read. */
  noteUnreadable(): CdReply {
    return this.fail(this.disc === undefined ? this.absence : SENSE.unreadable);
  }

  /** The bus was reset: what lies inside stays. */
  reset(): void {
    this.sense = SENSE.none;
    this.isLocked = false;
    this.isChanged = false;
    this.isTrayOpen = false;
    this.event = EVENT.none;
  }

  save(): DeviceState {
    return {
      version: 1,
      senseKey: this.sense.key,
      senseCode: this.sense.code,
      senseQualifier: this.sense.qualifier,
      isTrayOpen: this.isTrayOpen,
      isLocked: this.isLocked,
      isChanged: this.isChanged,
      event: this.event,
    };
  }

  restore(state: DeviceState): void {
    checkVersion('CD-ROM drive', state, 1);
    this.sense = {
      key: readNumber(state, 'senseKey', 0, 15),
      code: readByte(state, 'senseCode'),
      qualifier: readByte(state, 'senseQualifier'),
    };
    this.isTrayOpen = readFlag(state, 'isTrayOpen');
    this.isLocked = readFlag(state, 'isLocked');
    this.isChanged = readFlag(state, 'isChanged');
    this.event = readNumber(state, 'event', 0, 3);
  }

  private get absence(): Sense {
    return this.isTrayOpen ? SENSE.noMediumTrayOpen : SENSE.noMedium;
  }

  private fail(sense: Sense): CdReply {
    this.sense = sense;
    return { kind: 'failed', senseKey: sense.key };
  }

  private dispatch(command: number, packet: Uint8Array, view: DataView): CdReply {
    const { disc } = this;
    const byte = (at: number): number => packet[at] ?? 0;
    switch (command) {
      case 0x12:
        // Vital product data pages are not offered.
        if (byte(1) & 1) return this.fail(SENSE.invalidField);
        return bytesUpTo(inquiry(), view.getUint16(3));
      case 0x1a:
      case 0x5a:
        return this.modeSense(command === 0x1a, packet, view);
      case 0x15:
      case 0x55:
        return { kind: 'parameters', byteLength: command === 0x15 ? byte(4) : view.getUint16(7) };
      case 0x1b:
        return this.startStop(byte(4));
      case 0x1e:
        this.isLocked = (byte(4) & 1) !== 0;
        return DONE;
      case 0x46:
        return bytesUpTo(configuration(view.getUint16(2), byte(1) & 3, disc?.sectorCount), view.getUint16(7));
      case 0x4a:
        return this.eventStatus(packet, view);
      case 0xbd:
        return bytesUpTo(mechanismStatus(this.isTrayOpen), view.getUint16(8));
      case 0xbb:
        return DONE;
    }
    // The rest needs a disc.
    if (disc === undefined) return this.fail(this.absence);
    switch (command) {
      case 0x00:
        return DONE;
      case 0x25:
        return bytesUpTo(capacity(disc.sectorCount), 8);
      case 0x28:
        return this.readSectors(disc, view.getUint32(2), view.getUint16(7), CD_SECTOR_BYTES);
      case 0xa8:
        return this.readSectors(disc, view.getUint32(2), view.getUint32(6), CD_SECTOR_BYTES);
      case 0xbe:
        return this.readCd(disc, packet, view);
      case 0x2b:
        return view.getUint32(2) < disc.sectorCount ? DONE : this.fail(SENSE.addressOutOfRange);
      case 0x43:
        return this.readToc(disc, packet, view);
      case 0x42:
        // No audio is playing.
        return bytesUpTo(Uint8Array.of(0, 0x15, 0, 0), view.getUint16(7));
      case 0x51:
        return bytesUpTo(discInformation(), view.getUint16(7));
      default:
        return this.fail(SENSE.unknownCommand);
    }
  }

  private readSectors(disc: Medium, first: number, count: number, sectorBytes: number): CdReply {
    if (first + count > disc.sectorCount) return this.fail(SENSE.addressOutOfRange);
    return count === 0 ? DONE : { kind: 'sectors', first, count, sectorBytes };
  }

  private readCd(disc: Medium, packet: Uint8Array, view: DataView): CdReply {
    const count = view.getUint32(5) & 0xff_ffff;
    const wanted = (packet[9] ?? 0) & 0xf8;
    if (wanted === 0) return DONE;
    if (wanted === 0x10) return this.readSectors(disc, view.getUint32(2), count, CD_SECTOR_BYTES);
    // Everything at once, or the data alone; nobody asks for the parts between.
    return wanted === 0xf8
      ? this.readSectors(disc, view.getUint32(2), count, RAW_SECTOR_BYTES)
      : this.fail(SENSE.invalidField);
  }

  private readToc(disc: Medium, packet: Uint8Array, view: DataView): CdReply {
    const [, flags = 0, plain = 0, , , , from = 0, , , old = 0] = packet;
    // Old drivers put the format into the control byte (SFF-8020i).
    const format = plain & 0x0f || old >> 6;
    const toc = tableOfContents(format, (flags & 2) !== 0, from, disc.sectorCount);
    return toc === undefined ? this.fail(SENSE.invalidField) : bytesUpTo(toc, view.getUint16(7));
  }

  private modeSense(isShort: boolean, packet: Uint8Array, view: DataView): CdReply {
    const [, , selector = 0, , shortLength = 0] = packet;
    if (selector >> 6 === 3) return this.fail(SENSE.saveUnsupported);
    const pages = modePages(selector & 0x3f, isShort, this.isLocked);
    if (pages === undefined) return this.fail(SENSE.invalidField);
    return bytesUpTo(pages, isShort ? shortLength : view.getUint16(7));
  }

  /** Bit 1: the tray moves; bit 0: in, else out. */
  private startStop(flags: number): CdReply {
    if ((flags & 2) === 0) return DONE;
    const isIn = (flags & 1) !== 0;
    if (!isIn && this.isLocked) return this.fail(SENSE.removalPrevented);
    if (this.isTrayOpen === !isIn) return DONE;
    this.isTrayOpen = !isIn;
    if (isIn && this.medium !== undefined) {
      this.isChanged = true;
      this.event = EVENT.newMedium;
    } else if (!isIn) {
      this.event = EVENT.mediumGone;
    }
    return DONE;
  }

  private eventStatus(packet: Uint8Array, view: DataView): CdReply {
    const [, polled = 0, , , classes = 0] = packet;
    // Only the polled form: the other one would wait for an event.
    if ((polled & 1) === 0) return this.fail(SENSE.invalidField);
    const most = view.getUint16(7);
    if ((classes & MEDIA_CLASS) === 0) return bytesUpTo(noEvent(), most);
    const reply = mediaEvent(this.event, this.isTrayOpen, this.disc !== undefined);
    this.event = EVENT.none;
    return bytesUpTo(reply, most);
  }
}

/** A reply is cut off at the length that the packet allows. */
function bytesUpTo(bytes: Uint8Array, most: number): CdReply {
  return most === 0 ? DONE : { kind: 'bytes', bytes: bytes.subarray(0, most) };
}
