import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte, readNumber } from '../snapshot.ts';

const COMMAND_START = 0x01;
const COMMAND_TO_MEMORY = 0x08;
export const MASTER_STATUS = { active: 0x01, error: 0x02, interrupt: 0x04 } as const;
/** Bits that software may set: drive 0 and 1 are capable of DMA. */
const STATUS_WRITABLE = 0x60;

/**
 * One channel's half of a bus master IDE controller (Programming Interface for Bus Master IDE Controller 1.0, 2).
 *
 * - offset 0: command: 0 start, 3 to memory
 * - offset 2: status: 0 active, 1 error, 2 interrupt (both cleared by writing ones), 6..5 drives capable of DMA
 * - offsets 4..7: physical address of the region descriptors
 */
export class BusMaster {
  /** The guest has started the engine; it stays started until the data are over or the guest stops it. */
  onStart: (() => void) | undefined;
  private command = 0;
  private status = 0;
  private table = 0;

  get isStarted(): boolean {
    return (this.command & COMMAND_START) !== 0;
  }

  get isToMemory(): boolean {
    return (this.command & COMMAND_TO_MEMORY) !== 0;
  }

  get tableAddress(): number {
    return this.table;
  }

  /** The drive's interrupt line rose. */
  noteInterrupt(): void {
    this.status |= MASTER_STATUS.interrupt;
  }

  finish({ isActive, isError }: { readonly isActive: boolean; readonly isError: boolean }): void {
    if (!isActive) this.status &= ~MASTER_STATUS.active;
    if (isError) this.status |= MASTER_STATUS.error;
  }

  read(offset: number): number {
    switch (offset) {
      case 0:
        return this.command;
      case 2:
        return this.status;
      case 4:
      case 5:
      case 6:
      case 7:
        return (this.table >>> (8 * (offset - 4))) & 0xff;
      default:
        return 0xff;
    }
  }

  write(offset: number, value: number): void {
    if (offset === 0) this.writeCommand(value & (COMMAND_START | COMMAND_TO_MEMORY));
    else if (offset === 2) {
      const cleared = value & (MASTER_STATUS.error | MASTER_STATUS.interrupt);
      this.status = (this.status & ~STATUS_WRITABLE & ~cleared) | (value & STATUS_WRITABLE);
    } else if (offset >= 4) {
      const shift = 8 * (offset - 4);
      this.table = ((this.table & ~(0xff << shift)) | (value << shift)) & ~3;
      this.table >>>= 0;
    }
  }

  reset(): void {
    this.command = 0;
    this.status = 0;
    this.table = 0;
  }

  save(): DeviceState {
    return { version: 1, command: this.command, status: this.status, table: this.table };
  }

  restore(state: DeviceState): void {
    checkVersion('bus master', state, 1);
    this.command = readByte(state, 'command');
    this.status = readByte(state, 'status');
    this.table = readNumber(state, 'table', 0, 0xffff_ffff);
  }

  private writeCommand(value: number): void {
    const wasStarted = this.isStarted;
    this.command = value;
    if (this.isStarted && !wasStarted) {
      this.status |= MASTER_STATUS.active;
      this.onStart?.();
    } else if (!this.isStarted) {
      this.status &= ~MASTER_STATUS.active;
    }
  }
}

/** Both channels' registers behind one range of 16 ports, byte by byte. */
export class BusMasterPorts implements BusDevice {
  readonly id: string;
  private readonly masters: readonly [BusMaster, BusMaster];

  constructor(id: string, masters: readonly [BusMaster, BusMaster]) {
    this.id = id;
    this.masters = masters;
  }

  read(offset: number): number {
    return this.masters[offset < 8 ? 0 : 1].read(offset & 7);
  }

  write(offset: number, _width: number, value: number): void {
    this.masters[offset < 8 ? 0 : 1].write(offset & 7, value);
  }

  reset(): void {
    for (const master of this.masters) master.reset();
  }

  save(): DeviceState {
    return { version: 1, primary: this.masters[0].save(), secondary: this.masters[1].save() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    for (const [index, field] of (['primary', 'secondary'] as const).entries()) {
      const own = state[field];
      // The master's own reader checks each field.
      if (typeof own === 'object' && own !== null && 'version' in own)
        this.masters[index as 0 | 1].restore(own as DeviceState);
    }
  }
}
