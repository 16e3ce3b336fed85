import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { DeviceState } from '../BusDevice.ts';
import { readFlag, readNumber, readObject } from '../snapshot.ts';
import { type DataPhase, type IdeDrive, phaseBytes } from './IdeDrive.ts';
import { readPhase, savePhase } from './phaseState.ts';

type Drives = readonly (IdeDrive | undefined)[];

/** The data of the command under way. */
export interface Transfer {
  readonly drive: IdeDrive;
  readonly phase: DataPhase;
  readonly blockBytes: number;
  readonly isDma: boolean;
  /** Where in the data the present block begins. */
  position: number;
  /** The present block, and how far the host has got in it; a copy of the data, so that it can be in a snapshot. */
  block: Uint8Array;
  at: number;
}

export function saveTransfer(transfer: Transfer, drives: Drives): DeviceState {
  return {
    version: 1,
    drive: drives.indexOf(transfer.drive),
    phase: savePhase(transfer.phase),
    blockBytes: transfer.blockBytes,
    isDma: transfer.isDma,
    position: transfer.position,
    block: [...transfer.block],
    at: transfer.at,
  };
}

/** Undefined when the drive is not there. */
export function readTransfer(state: DeviceState, drives: Drives): Transfer | undefined {
  const drive = drives[readNumber(state, 'drive', 0, 1)];
  if (drive === undefined) return undefined;
  const { phase, block } = readPhase(readObject(state, 'phase'), state);
  return {
    drive,
    phase,
    blockBytes: readNumber(state, 'blockBytes', 1, 0x1_0000),
    isDma: readFlag(state, 'isDma'),
    position: readNumber(state, 'position', 0, phaseBytes(phase)),
    block,
    at: readNumber(state, 'at', 0, block.length),
  };
}

/** Bytes that can be moved at once: whole elements, up to the one that would end the block. */
export function wholeElements({ block, at }: Transfer, width: AccessWidth, most: number): number {
  const left = Math.max(0, block.length - at - 1);
  return Math.floor(Math.min(left, most) / width) * width;
}
