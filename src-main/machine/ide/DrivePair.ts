import type { DeviceState } from '../BusDevice.ts';
import { readNumber, readObject } from '../snapshot.ts';
import { type IdeDrive, STATUS } from './IdeDrive.ts';
import { TaskFile, type TaskField } from './TaskFile.ts';

const DEVICE_SECOND = 0x10;
/** Diagnostic code: no error (ATA/ATAPI-7, 6.34). */
const DIAGNOSTIC_PASSED = 0x01;
const INDICES = [0, 1] as const;

/**
 * The two drives of a cable, either of which may be missing, and which of them the host has selected. Both listen to what
 * the host writes; a drive answers for its absent partner, whose registers can be written and read, with a status of zero.
 */
export class DrivePair {
  readonly drives: readonly (IdeDrive | undefined)[];
  private readonly nobody = [new TaskFile(), new TaskFile()];
  private index: 0 | 1 = 0;

  constructor(drives: readonly [IdeDrive | undefined, IdeDrive | undefined]) {
    this.drives = drives;
  }

  get isEmpty(): boolean {
    return this.drives.every((drive) => drive === undefined);
  }

  get selected(): IdeDrive | undefined {
    return this.drives[this.index];
  }

  get selectedRegisters(): TaskFile {
    return this.registers(this.index);
  }

  get status(): number {
    return this.selected?.registers.status ?? 0;
  }

  /** The host writes the device register. */
  writeDevice(value: number): void {
    this.index = value & DEVICE_SECOND ? 1 : 0;
    for (const each of INDICES) this.registers(each).device = value;
  }

  push(field: TaskField, value: number): void {
    for (const each of INDICES) this.registers(each).push(field, value);
  }

  powerOn(): void {
    for (const drive of this.drives) drive?.reset();
  }

  /** Both drives are busy with a reset. */
  beginReset(): void {
    for (const drive of this.drives) if (drive) drive.registers.status = STATUS.busy;
  }

  /** Registers as a reset leaves them; the first drive is selected. */
  finishReset(): void {
    this.index = 0;
    for (const drive of this.drives) {
      if (drive === undefined) continue;
      drive.registers.error = DIAGNOSTIC_PASSED;
      drive.setSignature();
    }
  }

  /** Fields of the channel's state. */
  save(): Readonly<Record<string, unknown>> {
    const [first, second] = this.drives;
    return {
      selected: this.index,
      registers0: this.registers(0).save(),
      registers1: this.registers(1).save(),
      ...(first && { drive0: first.save() }),
      ...(second && { drive1: second.save() }),
    };
  }

  restore(state: DeviceState): void {
    const selected = readNumber(state, 'selected', 0, 1);
    this.drives.forEach((drive, index) => drive?.restore(readObject(state, `drive${index}`)));
    for (const index of INDICES) this.registers(index).restore(readObject(state, `registers${index}`));
    this.index = selected === 1 ? 1 : 0;
  }

  private registers(index: 0 | 1): TaskFile {
    // Both arrays have two elements.
    return this.drives[index]?.registers ?? (this.nobody[index] as TaskFile);
  }
}
