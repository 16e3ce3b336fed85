import type { DeviceMemory } from '../DeviceMemory.ts';
import type { BusMaster } from './BusMaster.ts';
import { type DataPhase, type IdeDrive, phaseBytes } from './IdeDrive.ts';
import { PrdTable } from './PrdTable.ts';

/** What is moved at a time, in bytes. */
const CHUNK_BYTES = 256 * 1024;

/**
 * - `done`: data and regions ended together; `regions-left`: the data ended first.
 * - `regions-short`: there was no room for all of the data.
 * - `failed`: the medium did, `position` bytes from the data's start.
 * - `wrong-direction`: the engine was set for the other one.
 */
export type DmaOutcome =
  | { readonly kind: 'done' | 'regions-left' | 'regions-short' | 'wrong-direction' }
  | { readonly kind: 'failed'; readonly position: number };

/** Moves all data of a command between a drive and the memory regions that the bus master names. */
export function moveByDma(
  { drive, phase }: { readonly drive: IdeDrive; readonly phase: DataPhase },
  busMaster: BusMaster,
  memory: DeviceMemory,
): DmaOutcome {
  const isIn = phase.direction === 'in';
  if (busMaster.isToMemory !== isIn) return { kind: 'wrong-direction' };
  const table = new PrdTable(memory, busMaster.tableAddress);
  const total = phaseBytes(phase);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, total));
  for (let position = 0; position < total;) {
    const chunk = buffer.subarray(0, Math.min(CHUNK_BYTES, total - position));
    if (!isIn && table.fetch(chunk) < chunk.length) return { kind: 'regions-short' };
    if (!drive.move(phase, position, chunk)) return { kind: 'failed', position };
    if (isIn && table.store(chunk) < chunk.length) return { kind: 'regions-short' };
    position += chunk.length;
  }
  return { kind: table.isAtEnd ? 'done' : 'regions-left' };
}
