import type { DmaChannel } from '../dma/Dma8237.ts';
import { beginFifoTransfer, type FifoPhase, finishFifoTransfer } from './fifoTransfer.ts';
import { floppyCommand } from './floppyCommands.ts';
import type { FloppyDrive } from './FloppyDrive.ts';
import { ST0_ABNORMAL } from './floppyStatus.ts';
import { runTransfer, transferRequest, type TransferRequest, type TransferResult } from './FloppyTransfer.ts';
import { ST1 } from './SectorAddress.ts';

/** A command that moves data, and the drive that it was sent to; undefined: there is none. */
export interface TransferOrder {
  readonly request: TransferRequest;
  readonly drive: FloppyDrive | undefined;
}

/** @returns undefined for another command, as a snapshot may hold it */
export function transferOrder(
  command: readonly number[],
  drive: FloppyDrive | undefined,
  kbps: number,
): TransferOrder | undefined {
  const described = floppyCommand(command[0] ?? 0);
  if (described.name !== 'transfer') return undefined;
  return { request: transferRequest(described.kind, described.isWholeTrack === true, command, kbps), drive };
}

/** The last sector number of its track, or how many sectors are to be formatted. */
export function trackLengthOf({ request }: TransferOrder): number {
  return request.kind === 'format' ? request.sectorsToFormat : request.lastOnTrack;
}

/**
 * What it comes to once the drive is ready: its result, or bytes that the processor is to move first.
 * @param dma undefined: without DMA
 */
export function runOrder({ request, drive }: TransferOrder, dma: DmaChannel | undefined): TransferResult | FifoPhase {
  if (drive === undefined) return { st0: ST0_ABNORMAL, st1: ST1.missingMark, st2: 0, address: request.start };
  return dma ? runTransfer(request, drive, dma) : beginFifoTransfer(request, drive);
}

/** What it comes to with the bytes that the processor has given; undefined: the drive is gone. */
export function finishOrder({ request, drive }: TransferOrder, bytes: Uint8Array): TransferResult | undefined {
  return drive && finishFifoTransfer(request, drive, bytes);
}
