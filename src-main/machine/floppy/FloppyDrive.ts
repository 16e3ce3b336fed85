import { type Medium } from '../drives/Medium.ts';
import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte, readFlag } from '../snapshot.ts';
import { type FloppyDriveType, type FloppyFormat, DRIVE_TYPE } from './floppyFormats.ts';

export const FLOPPY_SECTOR_BYTES = 512;
/** Steps that the arm can take. */
const MOST_CYLINDER = 85;

/** A diskette with its format. */
export interface Diskette {
  readonly medium: Medium;
  readonly format: FloppyFormat;
}

/** One drive: where its arm is, and what lies in it. */
export class FloppyDrive {
  /** As CMOS announces it. */
  readonly type: FloppyDriveType;
  cylinder = 0;
  /** The diskette was changed, or is missing, since the arm moved last (DSKCHG). */
  isChanged = true;
  private inside: Diskette | undefined;

  constructor(type: FloppyDriveType) {
    this.type = type;
  }

  get isPresent(): boolean {
    return this.type !== DRIVE_TYPE.none;
  }

  get diskette(): Diskette | undefined {
    return this.inside;
  }

  insert(diskette: Diskette | undefined): void {
    this.inside = diskette;
    this.isChanged = true;
  }

  /** Has another diskette inside, as a state that is restored next knows it. */
  hold(diskette: Diskette | undefined): void {
    this.inside = diskette;
  }

  /** Steps to a cylinder, as far as the arm goes. A step with a diskette inside resets the change line. */
  seek(cylinder: number): void {
    this.cylinder = Math.max(0, Math.min(MOST_CYLINDER, cylinder));
    if (this.inside !== undefined) this.isChanged = false;
  }

  save(): DeviceState {
    return { version: 1, cylinder: this.cylinder, isChanged: this.isChanged };
  }

  restore(state: DeviceState): void {
    checkVersion('floppy drive', state, 1);
    this.cylinder = Math.min(MOST_CYLINDER, readByte(state, 'cylinder'));
    this.isChanged = readFlag(state, 'isChanged');
  }
}
