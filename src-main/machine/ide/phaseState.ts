import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readBytes, readNumber, SnapshotError } from '../snapshot.ts';
import type { DataPhase } from './IdeDrive.ts';

const MOST_BYTES = 0x1_0000;
const MOST_SECTORS = 0xffff_ffff;

/** A data phase as a snapshot holds it. */
export function savePhase(phase: DataPhase): DeviceState {
  return { version: 1, ...phase };
}

/** @param transfer holds the block under way beside the phase */
export function readPhase(state: DeviceState, transfer: DeviceState): { phase: DataPhase; block: Uint8Array } {
  checkVersion('IDE transfer', state, 1);
  return { phase: phaseOf(state), block: Uint8Array.from(readBytes(transfer, 'block', MOST_BYTES)) };
}

function phaseOf(state: DeviceState): DataPhase {
  const { kind, direction } = state;
  switch (kind) {
    case 'bytes':
      return { kind, direction: 'in', content: readBytes(state, 'content', MOST_BYTES) };
    case 'packet':
    case 'parameters':
      return { kind, direction: 'out', byteLength: readNumber(state, 'byteLength', 0, MOST_BYTES) };
    case 'sectors':
      return {
        kind,
        direction: direction === 'out' ? 'out' : 'in',
        first: readNumber(state, 'first', 0, Number.MAX_SAFE_INTEGER),
        count: readNumber(state, 'count', 0, MOST_SECTORS),
        sectorBytes: readNumber(state, 'sectorBytes', 512, 4096),
      };
    default:
      throw new SnapshotError(`an IDE transfer of kind ${String(kind)} is unknown`);
  }
}
