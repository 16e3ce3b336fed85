import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readByte, readFlag, readObject, readTime } from '../snapshot.ts';
import type { BusMaster } from './BusMaster.ts';
import { DrivePair } from './DrivePair.ts';
import { moveByDma } from './moveByDma.ts';
import { type IdeDrive, phaseBytes, type Reaction, STATUS } from './IdeDrive.ts';
import type { TaskField } from './TaskFile.ts';
import { readTransfer, saveTransfer, type Transfer, wholeElements } from './Transfer.ts';

const CONTROL_HIGH_BYTES = 0x80, CONTROL_RESET = 0x04, CONTROL_NO_INTERRUPT = 0x02; // prettier-ignore
/** Bits that always read as ones. */
const DEVICE_FIXED = 0xa0;
const COMMAND_DIAGNOSTIC = 0x90;
const REGISTERS: readonly (TaskField | undefined)[] = [undefined, 'features', 'count', 'lbaLow', 'lbaMid', 'lbaHigh'];

/** What an empty channel's registers read as: the lines float high, but for DD7, which the host pulls down. */
const FLOATING = 0x7f;

/** From a command to its first data: no drive is quicker, and drivers are ready by then. */
const ACCESS_NS = 20_000;

/** What happens at the deadline. */
type Work = 'none' | 'block' | 'dma';
const WORKS: readonly Work[] = ['none', 'block', 'dma'];

/**
 * One IDE channel with up to two drives (ATA/ATAPI-7, T13/1532D, volume 2, "Parallel interface").
 *
 * | offset | read | write |
 * |---|---|---|
 * | 0 | data, 16 or 32 bits | data |
 * | 1 | error | features |
 * | 2 | sector count | the same |
 * | 3, 4, 5 | LBA low, mid, high (sector, cylinder) | the same |
 * | 6 | device: 6 LBA, 4 drive, 3..0 head | the same |
 * | 7 | status; acknowledges the interrupt | command |
 * | 8 | alternate status | device control: 7 high bytes, 2 reset, 1 no interrupt |
 *
 * The first block of a command's data comes a little later than the command; further blocks come at once. DMA begins when
 * both the command and the bus master are ready, and takes no time.
 */
export class IdeChannel implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly irq: InterruptLine;
  private readonly pair: DrivePair;
  private busMaster: BusMaster | undefined;
  private memory: DeviceMemory | undefined;

  private control = 0;
  private isInterrupting = false;
  private transfer: Transfer | undefined;
  private work: Work = 'none';
  private deadline = 0;
  private timer: TimerHandle | undefined;

  constructor(
    id: string,
    timers: TimerService,
    irq: InterruptLine,
    drives: readonly [IdeDrive | undefined, IdeDrive | undefined],
  ) {
    this.id = id;
    this.timers = timers;
    this.irq = irq;
    this.pair = new DrivePair(drives);
  }

  /** Gives the channel a DMA engine, which reaches guest memory through `memory`. */
  attachBusMaster(busMaster: BusMaster, memory: DeviceMemory): void {
    this.busMaster = busMaster;
    this.memory = memory;
    busMaster.onStart = () => this.startDma();
  }

  read(offset: number, width: AccessWidth): number {
    if (offset === 0) return this.readData(width);
    // Only data are wider than a byte.
    if (width > 1) {
      let value = 0;
      for (let i = 0; i < width; i++) value += this.read(offset + i, 1) * 2 ** (8 * i);
      return value;
    }
    if (this.pair.isEmpty) return FLOATING;
    const registers = this.pair.selectedRegisters;
    switch (offset) {
      case 1:
        return registers.error;
      case 6:
        return registers.device | DEVICE_FIXED;
      case 7:
        this.acknowledge();
        return this.pair.status;
      case 8:
        return this.pair.status;
      default: {
        const field = REGISTERS[offset];
        if (field === undefined) return 0xff;
        return this.control & CONTROL_HIGH_BYTES ? registers.high(field) : registers.low(field);
      }
    }
  }

  write(offset: number, width: AccessWidth, value: number): void {
    if (offset > 0 && width > 1) {
      for (let i = 0; i < width; i++) this.write(offset + i, 1, (value >>> (8 * i)) & 0xff);
      return;
    }
    switch (offset) {
      case 0:
        this.writeData(width, value);
        return;
      case 6:
        this.control &= ~CONTROL_HIGH_BYTES;
        this.pair.writeDevice(value);
        this.updateInterrupt();
        return;
      case 7:
        this.control &= ~CONTROL_HIGH_BYTES;
        this.startCommand(value);
        return;
      case 8:
        this.writeControl(value);
        return;
      default: {
        const field = REGISTERS[offset];
        if (field === undefined) return;
        this.control &= ~CONTROL_HIGH_BYTES;
        // None listens while it works.
        if (this.pair.status & (STATUS.busy | STATUS.request)) return;
        this.pair.push(field, value);
      }
    }
  }

  /** The data register; never a block's last element, which makes the drive go on. */
  readBlock(offset: number, width: AccessWidth, target: Uint8Array): number {
    const transfer = offset === 0 ? this.openTransfer : undefined;
    if (transfer?.phase.direction !== 'in') return 0;
    const length = wholeElements(transfer, width, target.length);
    target.set(transfer.block.subarray(transfer.at, transfer.at + length));
    transfer.at += length;
    return length;
  }

  writeBlock(offset: number, width: AccessWidth, source: Uint8Array): number {
    const transfer = offset === 0 ? this.openTransfer : undefined;
    if (transfer?.phase.direction !== 'out') return 0;
    const length = wholeElements(transfer, width, source.length);
    transfer.block.set(source.subarray(0, length), transfer.at);
    transfer.at += length;
    return length;
  }

  reset(): void {
    this.control = 0;
    this.pair.powerOn();
    this.resetDrives();
  }

  save(): DeviceState {
    const { transfer } = this;
    return {
      version: 1,
      ...this.pair.save(),
      control: this.control,
      isInterrupting: this.isInterrupting,
      work: WORKS.indexOf(this.work),
      deadline: this.work === 'none' ? 0 : this.deadline,
      ...(transfer && {
        transfer: saveTransfer(transfer, this.pair.drives),
      }),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const work = WORKS[readByte(state, 'work')] ?? 'none';
    const deadline = readTime(state, 'deadline');
    const transfer =
      state['transfer'] === undefined ? undefined : readTransfer(readObject(state, 'transfer'), this.pair.drives);
    this.pair.restore(state);
    this.control = readByte(state, 'control');
    this.isInterrupting = readFlag(state, 'isInterrupting');
    this.transfer = transfer;
    this.timer?.cancel();
    this.work = 'none';
    if (work !== 'none' && transfer !== undefined) this.schedule(work, deadline);
    this.updateInterrupt();
  }

  private acknowledge(): void {
    this.isInterrupting = false;
    this.updateInterrupt();
  }

  private raiseInterrupt(drive: IdeDrive): void {
    if (drive !== this.pair.selected) return;
    this.isInterrupting = true;
    this.busMaster?.noteInterrupt();
    this.updateInterrupt();
  }

  private updateInterrupt(): void {
    this.irq.set(this.isInterrupting && (this.control & CONTROL_NO_INTERRUPT) === 0);
  }

  private writeControl(value: number): void {
    const was = this.control;
    this.control = value;
    // The drives reset while the bit is set, and are ready as soon as it falls.
    if (value & CONTROL_RESET && (was & CONTROL_RESET) === 0) {
      this.resetDrives();
      this.pair.beginReset();
    } else if ((value & CONTROL_RESET) === 0 && was & CONTROL_RESET) {
      this.resetDrives();
    }
    this.updateInterrupt();
  }

  private resetDrives(): void {
    this.stopWork();
    this.transfer = undefined;
    this.isInterrupting = false;
    this.pair.finishReset();
    this.updateInterrupt();
  }

  private startCommand(command: number): void {
    const drive = this.pair.selected;
    if (drive === undefined || this.control & CONTROL_RESET) return;
    const isBusy = (drive.registers.status & (STATUS.busy | STATUS.request)) !== 0;
    if (isBusy && !drive.isReset(command)) return;
    this.acknowledge();
    this.stopWork();
    this.transfer = undefined;
    if (command === COMMAND_DIAGNOSTIC) {
      // For both drives, whichever is selected.
      this.resetDrives();
      const [first] = this.pair.drives;
      if (first) this.raiseInterrupt(first);
      return;
    }
    drive.registers.error = 0;
    drive.registers.status = STATUS.ready | STATUS.seekComplete;
    this.react(drive, drive.execute(command));
  }

  private react(drive: IdeDrive, reaction: Reaction): void {
    const { registers } = drive;
    if (reaction.kind === 'data') {
      this.beginData(drive, reaction);
      return;
    }
    this.transfer = undefined;
    // A drive may have set other bits of its status, as after a reset.
    registers.status &= ~(STATUS.busy | STATUS.request | STATUS.error);
    if (reaction.kind === 'failed') {
      registers.error = reaction.error;
      registers.status |= STATUS.ready | STATUS.error;
      this.raiseInterrupt(drive);
    } else if (reaction.isSilent !== true) {
      this.raiseInterrupt(drive);
    }
  }

  private beginData(drive: IdeDrive, reaction: Extract<Reaction, { readonly kind: 'data' }>): void {
    const { phase, blockBytes, isDma } = reaction;
    this.transfer = { drive, phase, blockBytes, isDma, position: 0, block: new Uint8Array(), at: 0 };
    if (phaseBytes(phase) === 0) {
      this.react(drive, drive.onMoved(phase, isDma));
    } else if (isDma) {
      drive.registers.status = STATUS.busy | STATUS.ready | STATUS.seekComplete;
      this.startDma();
    } else if (phase.direction === 'out') {
      this.requestBlock(this.transfer, phase.kind === 'parameters');
    } else {
      drive.registers.status = STATUS.busy | STATUS.ready | STATUS.seekComplete;
      this.schedule('block', this.timers.now() + ACCESS_NS);
    }
  }

  private schedule(work: Work, deadline: number): void {
    this.work = work;
    this.deadline = Math.round(deadline);
    this.timer = this.timers.schedule(this.deadline, () => this.finishWork());
  }

  private stopWork(): void {
    this.timer?.cancel();
    this.work = 'none';
  }

  private finishWork(): void {
    const { work, transfer } = this;
    this.work = 'none';
    if (transfer === undefined) return;
    if (work === 'block') this.loadBlock(transfer);
    else if (work === 'dma') this.runDma(transfer);
  }

  /** The next block of data from the drive. */
  private loadBlock(transfer: Transfer): void {
    const { drive, phase, blockBytes, position } = transfer;
    const block = new Uint8Array(Math.min(blockBytes, phaseBytes(phase) - position));
    if (!drive.move(phase, position, block)) {
      this.react(drive, drive.onFailed(phase, position));
      return;
    }
    transfer.block = block;
    this.offerBlock(transfer, true);
  }

  /** Asks the host for the next block of data. */
  private requestBlock(transfer: Transfer, isInterrupting: boolean): void {
    const { phase, blockBytes, position } = transfer;
    transfer.block = new Uint8Array(Math.min(blockBytes, phaseBytes(phase) - position));
    this.offerBlock(transfer, isInterrupting);
  }

  private offerBlock(transfer: Transfer, isInterrupting: boolean): void {
    const { drive, phase, block } = transfer;
    transfer.at = 0;
    drive.onBlock(phase, block.length);
    drive.registers.status = STATUS.ready | STATUS.seekComplete | STATUS.request;
    if (isInterrupting) this.raiseInterrupt(drive);
  }

  private get openTransfer(): Transfer | undefined {
    const { transfer } = this;
    const isOpen = transfer !== undefined && transfer.drive === this.pair.selected;
    return isOpen && transfer.drive.registers.status & STATUS.request ? transfer : undefined;
  }

  private readData(width: AccessWidth): number {
    const transfer = this.openTransfer;
    if (transfer?.phase.direction !== 'in') return 0xffff_ffff;
    const { block } = transfer;
    let value = 0;
    for (let i = 0; i < width && transfer.at < block.length; i++) value += (block[transfer.at++] ?? 0) * 2 ** (8 * i);
    if (transfer.at >= block.length) this.endBlock(transfer);
    return value;
  }

  private writeData(width: AccessWidth, value: number): void {
    const transfer = this.openTransfer;
    if (transfer?.phase.direction !== 'out') return;
    const { block } = transfer;
    for (let i = 0; i < width && transfer.at < block.length; i++) block[transfer.at++] = (value >>> (8 * i)) & 0xff;
    if (transfer.at >= block.length) this.endBlock(transfer);
  }

  /** The host has taken or given a whole block. */
  private endBlock(transfer: Transfer): void {
    const { drive, phase, block } = transfer;
    if (phase.direction === 'out' && !drive.move(phase, transfer.position, block)) {
      this.react(drive, drive.onFailed(phase, transfer.position));
      return;
    }
    transfer.position += block.length;
    if (transfer.position >= phaseBytes(phase)) this.react(drive, drive.onMoved(phase, false));
    else if (phase.direction === 'in') this.loadBlock(transfer);
    else this.requestBlock(transfer, true);
  }

  private startDma(): void {
    const isReady = this.transfer?.isDma === true && this.busMaster?.isStarted === true && this.work === 'none';
    if (isReady) this.schedule('dma', this.timers.now() + ACCESS_NS);
  }

  private runDma(transfer: Transfer): void {
    const { busMaster, memory } = this;
    // Stopped meanwhile: the command waits for another start.
    if (busMaster?.isStarted !== true || memory === undefined) return;
    const outcome = moveByDma(transfer, busMaster, memory);
    busMaster.finish({ isActive: outcome.kind === 'regions-left', isError: outcome.kind === 'wrong-direction' });
    const { drive, phase } = transfer;
    switch (outcome.kind) {
      case 'done':
      case 'regions-left':
        this.react(drive, drive.onMoved(phase, true));
        return;
      case 'failed':
        this.react(drive, drive.onFailed(phase, outcome.position));
        return;
      case 'regions-short':
        // The engine stops, and the driver finds no interrupt (Bus Master IDE 1.0, 1.3).
        this.react(drive, { kind: 'done', isSilent: true });
        return;
      case 'wrong-direction':
        return;
    }
  }
}
