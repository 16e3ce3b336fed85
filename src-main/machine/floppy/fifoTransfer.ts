import type { DeviceState } from '../BusDevice.ts';
import { readByte, readBytes, readFlag, readNumber, readObject } from '../snapshot.ts';
import { type FloppyDrive, FLOPPY_SECTOR_BYTES } from './FloppyDrive.ts';
import { runTransfer, type TransferRequest, type TransferResult } from './FloppyTransfer.ts';
import { ST1 } from './SectorAddress.ts';

/**
 * Commands without DMA: the processor moves each byte through the FIFO (82077AA datasheet, "Non-DMA mode"). Nobody ends
 * such a command with a terminal count, so it goes on to the last sector on the track that it names.
 */

/** No command names more sectors than two sides of a track can have. */
const MOST_BYTES = 2 * 256 * FLOPPY_SECTOR_BYTES;

/** The bytes of a command under way. */
export interface FifoPhase {
  readonly direction: 'in' | 'out';
  readonly bytes: Uint8Array;
  at: number;
  /** What a read came to; a write is carried out once its bytes are there. */
  readonly result: TransferResult | undefined;
}

/** A command that nothing has to be moved for has its result at once. */
export function beginFifoTransfer(request: TransferRequest, drive: FloppyDrive): FifoPhase | TransferResult {
  const chunks: Uint8Array[] = [];
  const result = runTransfer(request, drive, {
    store: (bytes) => {
      chunks.push(bytes.slice());
      return { moved: bytes.length, isTerminalCount: false };
    },
    // A command that asks for bytes gets none yet, and would end there.
    fetch: () => ({ moved: 0, isTerminalCount: false }),
  });
  if (chunks.length > 0) return { direction: 'in', bytes: joined(chunks), at: 0, result };
  if ((result.st1 & ST1.overrun) === 0) return result;
  return { direction: 'out', bytes: new Uint8Array(bytesWanted(request)), at: 0, result: undefined };
}

/** All bytes of a write, a format or a scan are there. */
export function finishFifoTransfer(request: TransferRequest, drive: FloppyDrive, bytes: Uint8Array): TransferResult {
  let at = 0;
  return runTransfer(request, drive, {
    store: () => ({ moved: 0, isTerminalCount: false }),
    fetch: (into) => {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return { moved: part.length, isTerminalCount: false };
    },
  });
}

export function saveFifoPhase({ direction, bytes, at, result }: FifoPhase): DeviceState {
  const { st0, st1, st2 } = result ?? { st0: 0, st1: 0, st2: 0 };
  return {
    version: 1,
    isIn: direction === 'in',
    bytes: [...bytes],
    at,
    ...(result && { result: { version: 1, st0, st1, st2, ...result.address } }),
  };
}

export function readFifoPhase(state: DeviceState): FifoPhase {
  const bytes = Uint8Array.from(readBytes(state, 'bytes', MOST_BYTES));
  const at = readNumber(state, 'at', 0, Math.max(0, bytes.length - 1));
  if (!readFlag(state, 'isIn')) return { direction: 'out', bytes, at, result: undefined };
  const saved = readObject(state, 'result');
  const [st0, st1, st2] = [readByte(saved, 'st0'), readByte(saved, 'st1'), readByte(saved, 'st2')];
  const [cylinder, head] = [readByte(saved, 'cylinder'), readByte(saved, 'head')];
  const address = { cylinder, head, sector: readByte(saved, 'sector'), sizeCode: readByte(saved, 'sizeCode') };
  return { direction: 'in', bytes, at, result: { st0, st1, st2, address } };
}

function bytesWanted({ kind, start, lastOnTrack, isMultiTrack, sectorsToFormat }: TransferRequest): number {
  if (kind === 'format') return 4 * sectorsToFormat;
  const onThisSide = Math.max(1, lastOnTrack - start.sector + 1);
  return FLOPPY_SECTOR_BYTES * (onThisSide + (isMultiTrack && start.head === 0 ? lastOnTrack : 0));
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
