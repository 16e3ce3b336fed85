import type { DmaChannel } from '../dma/Dma8237.ts';
import type { TransferKind } from './floppyCommands.ts';
import { FLOPPY_SECTOR_BYTES, type Diskette, type FloppyDrive } from './FloppyDrive.ts';
import {
  type FoundSector,
  type ScanKind,
  type SectorAddress,
  findSector,
  nextSector,
  scanResult,
  SIZE_CODE,
  ST1,
  ST2,
} from './SectorAddress.ts';

/** More sectors than a cylinder has: a command ends by then, whatever its parameters say. */
const MOST_SECTORS = 512;
const ABNORMAL = 0x40;
/** A sector's identity in a format command's data: C, H, R, N. */
const IDENTITY_BYTES = 4;

/** Parameters of a command that moves data, as its bytes give them. */
export interface TransferRequest {
  readonly kind: TransferKind;
  readonly start: SectorAddress;
  /** Head that is selected, 0 or 1. */
  readonly head: number;
  readonly lastOnTrack: number;
  readonly isMultiTrack: boolean;
  /** Format: sectors on the track, and what they are filled with. */
  readonly sectorsToFormat: number;
  readonly filler: number;
  readonly kbps: number;
}

/** ST0 bits 7..6, ST1, ST2 and the address that the result phase reports. */
export interface TransferResult {
  readonly st0: number;
  readonly st1: number;
  readonly st2: number;
  readonly address: SectorAddress;
}

/** The request in a command's bytes (82077AA datasheet, "Command set"). */
export function transferRequest(
  kind: TransferKind,
  isWholeTrack: boolean,
  bytes: readonly number[],
  kbps: number,
): TransferRequest {
  const [first = 0, select = 0, c = 0, h = 0, r = 0, n = 0, eot = 0] = bytes;
  const head = (select >> 2) & 1;
  if (kind === 'format') {
    const [, , sizeCode = 0, sectors = 0, , filler = 0] = bytes;
    const start = { cylinder: 0, head, sector: 1, sizeCode };
    return { kind, start, head, lastOnTrack: 0, isMultiTrack: false, sectorsToFormat: sectors, filler, kbps };
  }
  return {
    kind,
    start: { cylinder: c, head: h, sector: isWholeTrack ? 1 : r, sizeCode: n },
    head,
    lastOnTrack: eot,
    isMultiTrack: (first & 0x80) !== 0 && !isWholeTrack,
    sectorsToFormat: 0,
    filler: 0,
    kbps,
  };
}

/** Moves a command's sectors between the diskette and a DMA channel, all at once. */
export function runTransfer(request: TransferRequest, drive: FloppyDrive, dma: DmaChannel): TransferResult {
  const { diskette } = drive;
  if (diskette === undefined) return failed(request.start, ST1.missingMark, 0);
  if ((request.kind === 'write' || request.kind === 'format') && diskette.medium.isReadOnly)
    return failed(request.start, ST1.notWritable, 0);
  return request.kind === 'format' ? format(request, drive, diskette, dma) : move(request, drive, diskette, dma);
}

function failed(address: SectorAddress, st1: number, st2: number): TransferResult {
  return { st0: ABNORMAL, st1, st2, address };
}

function move(request: TransferRequest, drive: FloppyDrive, diskette: Diskette, dma: DmaChannel): TransferResult {
  const { kind, lastOnTrack, isMultiTrack, kbps } = request;
  let address = request.start;
  let { head } = request;
  for (let count = 0; count < MOST_SECTORS; count++) {
    const found = findSector(diskette, address, drive.cylinder, head, kbps);
    if ('st1' in found) return failed(address, found.st1, found.st2);
    const step = moveSector(kind, diskette, found, dma);
    if (step.st1 !== 0) return failed(address, step.st1, step.st2);
    const next = nextSector(address, lastOnTrack, isMultiTrack);
    if (step.isDone) return { st0: 0, st1: 0, st2: step.st2, address: next };
    const isTrackEnd = address.sector === lastOnTrack;
    const isOtherSide = isTrackEnd && isMultiTrack && address.head === 0;
    if (isTrackEnd && !isOtherSide) {
      const isVerified = kind === 'verify';
      const st2 = step.st2;
      return isVerified
        ? { st0: 0, st1: 0, st2, address: next }
        : { st0: ABNORMAL, st1: ST1.endOfCylinder, st2, address: next };
    }
    if (isOtherSide) head = 1;
    address = next;
  }
  return failed(address, ST1.noData, 0);
}

interface SectorStep {
  readonly st1: number;
  readonly st2: number;
  /** The controller was told that there is no more (TC), or a scan has found what it looked for. */
  readonly isDone: boolean;
}

function moveSector(
  kind: TransferKind,
  { medium }: Diskette,
  found: Extract<FoundSector, { readonly index: number }>,
  dma: DmaChannel,
): SectorStep {
  const sector = new Uint8Array(FLOPPY_SECTOR_BYTES);
  if (kind !== 'write' && !medium.read(found.index, sector)) return BAD_DATA;
  if (kind === 'verify') return { st1: 0, st2: 0, isDone: false };
  if (kind === 'read') {
    const { moved, isTerminalCount } = dma.store(sector);
    return moved < sector.length && !isTerminalCount ? OVERRUN : { st1: 0, st2: 0, isDone: isTerminalCount };
  }
  // What is left of a sector when the count runs out is filled with zeros (datasheet, "Write data").
  const fromMemory = new Uint8Array(FLOPPY_SECTOR_BYTES);
  const { moved, isTerminalCount } = dma.fetch(fromMemory);
  if (moved < fromMemory.length && !isTerminalCount) return OVERRUN;
  if (kind === 'write') {
    return medium.write(found.index, fromMemory) ? { st1: 0, st2: 0, isDone: isTerminalCount } : BAD_DATA;
  }
  // Of the kinds, only scans are left.
  const st2 = scanResult(kind as ScanKind, sector, fromMemory);
  return { st1: 0, st2, isDone: isTerminalCount || st2 !== ST2.scanNotSatisfied };
}

const OVERRUN: SectorStep = { st1: ST1.overrun, st2: 0, isDone: false };
const BAD_DATA: SectorStep = { st1: ST1.dataError, st2: ST2.dataErrorInData, isDone: false };

/** Writes a track anew. Only the layout that the diskette has anyway can be kept in an image. */
function format(request: TransferRequest, drive: FloppyDrive, diskette: Diskette, dma: DmaChannel): TransferResult {
  const content = new Uint8Array(FLOPPY_SECTOR_BYTES).fill(request.filler);
  const identity = new Uint8Array(IDENTITY_BYTES);
  let address: SectorAddress = { ...request.start, cylinder: drive.cylinder };
  for (let count = 0; count < request.sectorsToFormat; count++) {
    const { moved, isTerminalCount } = dma.fetch(identity);
    if (moved < IDENTITY_BYTES) return failed(address, ST1.overrun, 0);
    const [cylinder = 0, head = 0, sector = 0, sizeCode = 0] = identity;
    address = { cylinder, head, sector, sizeCode };
    const found = findSector(diskette, address, drive.cylinder, request.head, request.kbps);
    if ('st1' in found) return failed(address, ST1.notWritable, 0);
    if (!diskette.medium.write(found.index, content)) return failed(address, ST1.notWritable, 0);
    if (isTerminalCount) break;
  }
  return { st0: 0, st1: 0, st2: 0, address: { ...address, sizeCode: SIZE_CODE } };
}
