import type { FloppyDrive } from './FloppyDrive.ts';
import { ST0_ABNORMAL } from './floppyStatus.ts';

const ST0_SEEK_END = 0x20, ST0_EQUIPMENT_CHECK = 0x10, ST0_NOT_READY_CHANGED = 0xc0; // prettier-ignore
/** The controller counts with so many, wired or not. */
export const DRIVES = 4;

/** Seeks, and what SENSE INTERRUPT STATUS is told: seeks that have ended, and what polling found after a reset. */
export class SeekStatus {
  private readonly drives: readonly FloppyDrive[];
  /** Values of ST0, in the order in which they are told. */
  private pending: number[] = [];

  constructor(drives: readonly FloppyDrive[]) {
    this.drives = drives;
  }

  /** The drive that was sent last. */
  get seekingDrive(): number {
    return (this.pending.at(-1) ?? 0) & 3;
  }

  cylinderOf(drive: number): number {
    return this.drives[drive & 3]?.cylinder ?? 0;
  }

  /** @param select the command's byte: 1..0 drive, 2 head */
  seek(select: number, cylinder: number): void {
    const drive = this.drives[select & 3];
    // A drive that is not there never signals track 0: equipment check.
    const isThere = drive?.isPresent === true;
    if (isThere) drive.seek(cylinder);
    this.pending = this.pending.filter((status) => (status & 3) !== (select & 3));
    this.pending.push(ST0_SEEK_END | (isThere ? 0 : ST0_ABNORMAL | ST0_EQUIPMENT_CHECK) | (select & 7));
  }

  /** Every drive's ready state has “changed” with a reset; each is asked about once. */
  poll(): void {
    this.pending = Array.from({ length: DRIVES }, (_, drive) => ST0_NOT_READY_CHANGED | drive);
  }

  /** The next that there is to tell: ST0 and the drive's cylinder. */
  sense(): number[] | undefined {
    const status = this.pending.shift();
    return status === undefined ? undefined : [status, this.cylinderOf(status)];
  }

  clear(): void {
    this.pending = [];
  }

  save(): number[] {
    return this.pending;
  }

  restore(pending: number[]): void {
    this.pending = pending;
  }
}
