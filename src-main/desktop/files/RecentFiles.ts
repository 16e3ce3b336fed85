import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import type { Settings } from '../settings/Settings.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';

const KEPT = 12;

/** The program files opened lately, latest first; they stay over restarts. */
export class RecentFiles {
  private readonly file: Settings['recentFiles'];
  private readonly grants: FileGrants;
  private readonly onChange: (files: readonly string[]) => void;

  constructor(file: Settings['recentFiles'], grants: FileGrants, onChange: (files: readonly string[]) => void) {
    this.file = file;
    this.grants = grants;
    this.onChange = onChange;
  }

  get paths(): readonly string[] {
    return this.file.value;
  }

  list(): FileGrant[] {
    return this.file.value.map((path) => this.grants.grant(path, 'read'));
  }

  add(path: string): void {
    this.replace([path, ...this.file.value.filter((other) => other !== path)].slice(0, KEPT));
  }

  /** The file has gone. */
  remove(path: string): void {
    this.replace(this.file.value.filter((other) => other !== path));
  }

  clear(): void {
    this.replace([]);
  }

  private replace(paths: string[]): void {
    this.file.set(paths);
    this.onChange(paths);
  }
}
