import path from 'node:path';
import { refused } from './results.ts';
import type { ImageClaim } from './threads/ThreadMachine.ts';
import type { Result, VmDrive } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

type DriveInUse = VmDrive & { readonly layer?: string | null };

/** Whose images are whose. */
interface Claim {
  readonly machine: VirtualMachine;
  readonly drives: readonly DriveInUse[];
}

/**
 * Who may use which images. Two machines that write one image destroy it, and one that reads what another one writes
 * sees neither the old nor the new.
 */
export class ImageClaims {
  readonly #machines: () => Iterable<VirtualMachine>;
  /** By machines that are about to have them in their drives. */
  readonly #taking = new Set<Claim>();

  constructor(machines: () => Iterable<VirtualMachine>) {
    this.#machines = machines;
  }

  /**
   * Lets `use` put images into drives of a machine, unless that conflicts with what another one has or is about to have.
   * Others may have had them in their drives: by then none goes back to where it had.
   */
  async whileTaking<T>(
    machine: VirtualMachine,
    drives: readonly DriveInUse[],
    use: () => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const conflict = this.#findConflict({ machine, drives });
    if (conflict !== undefined) return conflict;
    const claim: Claim = { machine, drives };
    this.#taking.add(claim);
    try {
      return (await this.#releasedByOthers(claim)) ?? (await use());
    } finally {
      this.#taking.delete(claim);
    }
  }

  #findConflict(claim: Claim): Result<never> | undefined {
    const others = [...this.#machines()]
      .filter(({ state }) => state !== 'off')
      .map((machine) => ({ machine, drives: machine.stored.drives }));
    for (const other of [...others, ...this.#taking]) {
      const conflict = other.machine === claim.machine ? undefined : conflictOf(claim, other);
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  /** Why an image is another machine's after all. */
  async #releasedByOthers(claim: Claim): Promise<Result<never> | undefined> {
    const [first] = claim.drives;
    if (first === undefined) return undefined;
    const claims = claim.drives.map((drive): ImageClaim => ({ path: drive.path, isWritten: isWritten(drive) }));
    const answers = [...this.#machines()].map(async (machine) => {
      const isAsked = machine !== claim.machine && machine.stored.clock === 'instructions';
      if (!isAsked || machine.worker === undefined) return undefined;
      const inside = await machine.send('forgetMedia', claims);
      // One whose thread has ended goes nowhere.
      if (!inside.ok) return inside.error.code === 'no-answer' ? inUse(first, machine) : undefined;
      // It may just have come to where one of them lies in its drives, of which main hears by and by.
      const drives = inside.value.map((drive) => ({ ...drive, layer: drive.layerFile }));
      return conflictOf(claim, { machine, drives });
    });
    return (await Promise.all(answers)).find((conflict) => conflict !== undefined);
  }
}

function conflictOf({ drives }: Claim, other: Claim): Result<never> | undefined {
  for (const theirs of other.drives) {
    const ours = drives.find((each) => path.resolve(each.path) === path.resolve(theirs.path));
    if (ours && (isWritten(ours) || isWritten(theirs))) return inUse(ours, other.machine);
  }
  return undefined;
}

function inUse(drive: VmDrive, { stored: { name } }: VirtualMachine): Result<never> {
  const file = path.basename(drive.path);
  return refused(
    'drive-refused',
    `${file} is in use by “${name}”, and one of the two would write it. Power that machine off, or use the image read-only or with an overlay in both.`,
    { text: { id: 'image-in-use', values: { file, name } } },
  );
}

/** A layer in front of the image takes the writes. */
function isWritten({ access, slot, layer }: DriveInUse): boolean {
  return access === 'read-write' && slot !== 'cdrom' && (layer ?? null) === null;
}
