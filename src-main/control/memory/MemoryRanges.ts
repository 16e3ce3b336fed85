import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { WRITTEN_BYTES_MOST } from '../../../src-preload/contract/layouts/MemoryLimits.ts';
import type { MemoryPlace } from '../../../src-preload/contract/memory.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import type { FileGrants } from '../files/FileGrants.ts';
import { NOT_GRANTED } from '../files/ProgramSources.ts';
import { reasonOf } from '../files/reasonOf.ts';
import { refuse, succeed } from '../outcomes.ts';
import type { PhysicalPiece } from '../../debug/LinearMemory.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import { off, type Debugging } from '../Debugging.ts';

const MIB = 2 ** 20;
/** Read of a machine and written to a file at one go. */
const SLICE_BYTES = MIB;

/** Fills ranges of machines' memory, and carries them to and from files that somebody has chosen. */
export class MemoryRanges {
  private readonly hypervisor: HypervisorService;
  private readonly debugging: Debugging;
  private readonly grants: FileGrants;

  constructor(hypervisor: HypervisorService, debugging: Debugging, grants: FileGrants) {
    this.hypervisor = hypervisor;
    this.debugging = debugging;
    this.grants = grants;
  }

  async fill({ id, vcpu, space, address }: MemoryPlace, length: number, pattern: Uint8Array): Promise<Outcome<void>> {
    return this.debugging.writeMemory(id, vcpu, space, address, Buffer.alloc(length, pattern));
  }

  /** Where in RAM a range lies that is to be saved; refused where it cannot be. */
  async savable({ id, vcpu, space, address }: MemoryPlace, length: number): Promise<Outcome<readonly PhysicalPiece[]>> {
    if (space === 'linear' && length > WRITTEN_BYTES_MOST) return tooMuchLinear();
    return this.debugging.piecesOf(id, vcpu, space, address, length);
  }

  async save(place: MemoryPlace, length: number, token: string): Promise<Outcome<FileGrant>> {
    const file = this.grants.resolve(token, 'write');
    if (file === null) return refuse('access-not-granted', NOT_GRANTED);
    const pieces = await this.savable(place, length);
    if (!pieces.ok) return pieces;
    const written = await this.write(place.id, pieces.value, file);
    return written.ok ? succeed(this.grants.grant(file, 'read')) : written;
  }

  async load(
    { id, vcpu, space, address }: MemoryPlace,
    token: string,
  ): Promise<Outcome<{ name: string; byteLength: number }>> {
    const file = this.grants.resolve(token, 'read');
    if (file === null) return refuse('access-not-granted', NOT_GRANTED);
    const bytes = await readContent(file);
    if (!bytes.ok) return bytes;
    const written = await this.debugging.writeMemory(id, vcpu, space, address, bytes.value);
    return written.ok ? succeed({ name: path.basename(file), byteLength: bytes.value.length }) : written;
  }

  /** A file that could not be completed is removed. */
  private async write(id: VmId, pieces: readonly PhysicalPiece[], file: string): Promise<Outcome<void>> {
    let target: FileHandle;
    try {
      target = await open(file, 'w');
    } catch (error) {
      return unwritable(file, error);
    }
    const copied = await this.copy(id, pieces, target).catch((error: unknown) => unwritable(file, error));
    await target.close();
    if (!copied.ok) await rm(file, { force: true });
    return copied;
  }

  private async copy(id: VmId, pieces: readonly PhysicalPiece[], target: FileHandle): Promise<Outcome<void>> {
    for (const [address, length] of slicesOf(pieces)) {
      const bytes = this.hypervisor.readMemory(id, address, length);
      if (bytes?.length !== length) return off();
      await target.appendFile(bytes);
    }
    return succeed(undefined);
  }
}

function unwritable(file: string, error: unknown): Outcome<never> {
  const name = path.basename(file);
  const reason = reasonOf(error);
  const message = `${name} cannot be written: ${reason}. Save it in another folder.`;
  return refuse('file-unwritable', message, { name, reason }, 'memory-file-unwritable');
}

function* slicesOf(pieces: readonly PhysicalPiece[]): Generator<[address: number, length: number]> {
  for (const { physicalAddress, length } of pieces)
    for (let at = 0; at < length; at += SLICE_BYTES) yield [physicalAddress + at, Math.min(SLICE_BYTES, length - at)];
}

async function readContent(file: string): Promise<Outcome<Uint8Array>> {
  const name = path.basename(file);
  try {
    const { size } = await stat(file);
    if (size === 0) {
      const message = `${name} is empty: there is nothing to load.`;
      return refuse('invalid-value', message, { name }, 'memory-file-empty');
    }
    if (size > WRITTEN_BYTES_MOST) {
      const message = `${name} has ${size} bytes; up to ${WRITTEN_BYTES_MOST / MIB} MiB can be loaded at a time.`;
      const values = { name, size, mostMiB: WRITTEN_BYTES_MOST / MIB };
      return refuse('file-too-large', message, values, 'memory-file-too-large');
    }
    return succeed(await readFile(file));
  } catch (error) {
    const reason = reasonOf(error);
    const message = `${name} cannot be read: ${reason}.`;
    return refuse('file-unreadable', message, { name, reason }, 'memory-file-unreadable');
  }
}

/** Each page of it is translated by the machine's own thread. */
function tooMuchLinear(): Outcome<never> {
  const mostMiB = WRITTEN_BYTES_MOST / MIB;
  const message = `Up to ${mostMiB} MiB of linear memory can be saved at a time. Choose a shorter range, or save physical memory.`;
  return refuse('invalid-value', message, { mostMiB }, 'memory-linear-most');
}
