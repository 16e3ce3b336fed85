import type { Problem } from '../../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { Machines } from '../../control/Machines.ts';
import { proposeMachine } from '../../hypervisor/proposals/proposeMachine.ts';
import type { VmId } from '../../hypervisor/types.ts';

export interface FileOpenerParts {
  readonly machines: Machines;
  readonly grants: FileGrants;
  reveal(id: VmId): void;
  /** Shows what could be made of a system's files. */
  offer(files: readonly FileGrant[]): void;
  refuse(problem: Problem): void;
}

/**
 * Files named on the command line, by the system, or by a second start: each program becomes a running machine, and
 * of a system's kernel or media the window proposes one, and machines that were exported are imported.
 */
export class FileOpener {
  private readonly parts: FileOpenerParts;

  constructor(parts: FileOpenerParts) {
    this.parts = parts;
  }

  async open(files: readonly string[]): Promise<void> {
    for (const file of files.filter(isMachineFile)) this.show(await this.parts.machines.importFrom(this.tokenOf(file)));
    await this.openPrograms(files.filter((file) => !isMachineFile(file)));
  }

  private async openPrograms(files: readonly string[]): Promise<void> {
    const { machines, grants, offer } = this.parts;
    if (files.length === 0) return;
    if (proposeMachine(files).isSystem) {
      offer(files.map((file) => grants.grant(file, 'read')));
      return;
    }
    for (const file of files)
      this.show(await machines.create({}, { kind: 'file', token: this.tokenOf(file) }, undefined, true));
  }

  private show(made: Awaited<ReturnType<Machines['create']>>): void {
    if (made.ok) this.parts.reveal(made.value.id);
    else this.parts.refuse(made.problem);
  }

  private tokenOf(file: string): string {
    return this.parts.grants.grant(file, 'read').token;
  }
}

/** One that `vm:export` has written. */
function isMachineFile(file: string): boolean {
  return file.endsWith('.vivarium');
}
