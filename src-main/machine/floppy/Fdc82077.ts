import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import type { DmaChannel } from '../dma/Dma8237.ts';
import { checkVersion, readByte, readBytes, readFlag, readObject, readTime } from '../snapshot.ts';
import type { FloppyDrive } from './FloppyDrive.ts';
import { floppyCommand } from './floppyCommands.ts';
import { DATA_RATES_KBPS } from './floppyFormats.ts';
import { ControllerParameters } from './ControllerParameters.ts';
import { driveStatus, sectorIdentity } from './floppyStatus.ts';
import type { TransferResult } from './FloppyTransfer.ts';
import { type FifoPhase, readFifoPhase, saveFifoPhase } from './fifoTransfer.ts';
import { DRIVES, SeekStatus } from './SeekStatus.ts';
import { finishOrder, runOrder, trackLengthOf, type TransferOrder, transferOrder } from './TransferOrder.ts';

const DOR_NOT_RESET = 0x04, DOR_GATE = 0x08; // prettier-ignore
const MSR_READY = 0x80, MSR_TO_HOST = 0x40, MSR_NON_DMA = 0x20, MSR_BUSY = 0x10; // prettier-ignore
const ST0_INVALID = 0x80;
const VERSION_82077 = 0x90;
/** No second drive's cable, and what is not wired. */
const SRB_FIXED = 0xc0;

/** A drive is quicker here than 300 turns a minute allow, but never so quick that its driver is not ready yet. */
const RESET_NS = 100_000;
const SEEK_NS = 300_000;
const TRANSFER_NS = 300_000;

/** What the controller is busy with until its deadline. */
type Work = 'none' | 'reset' | 'seek' | 'transfer' | 'read-id';
const WORKS: readonly Work[] = ['none', 'reset', 'seek', 'transfer', 'read-id'];

/**
 * An 82077AA floppy disk controller (Intel 82077AA datasheet, order 290166) in AT mode.
 *
 * | offset | read | write |
 * |---|---|---|
 * | 0 | SRA: 7 interrupt | |
 * | 1 | SRB: 5 drive 0 selected, 1..0 motors | |
 * | 2 | DOR | DOR: 1..0 drive, 2 out of reset, 3 interrupt and DMA on, 7..4 motors |
 * | 3 | TDR: 1..0 tape | TDR |
 * | 4 | MSR: 7 ready, 6 to the host, 5 non-DMA, 4 busy, 3..0 drives that seek | DSR: 7 reset, 1..0 data rate |
 * | 5 | FIFO | FIFO |
 * | 7 | DIR: 7 diskette changed | CCR: 1..0 data rate |
 *
 * Commands take the least time that drivers expect, not the time of a turning disk. Without DMA (SPECIFY) the FIFO
 * waits for the processor as long as it takes. Seeks are implied whether or not CONFIGURE asks for it, as on Bochs' and
 * QEMU's controllers, since Bochs' BIOS never seeks. A track is formatted as the image is laid out, or not at all.
 */
export class Fdc82077 implements BusDevice {
  readonly id: string;
  readonly drives: readonly [FloppyDrive, FloppyDrive];
  private readonly timers: TimerService;
  private readonly irq: InterruptLine;
  private readonly dma: DmaChannel;

  private dor = 0;
  private tdr = 0;
  /** Index in DATA_RATES_KBPS. */
  private rate = 0;
  /** Bytes of the command so far. */
  private command: number[] = [];
  private result: number[] = [];
  /** The data of a command without DMA. */
  private fifo: FifoPhase | undefined;
  private isInterrupting = false;
  private readonly seeks: SeekStatus;
  private readonly parameters = new ControllerParameters();
  private work: Work = 'none';
  private deadline = 0;
  private timer: TimerHandle | undefined;

  constructor(
    id: string,
    wiring: { readonly timers: TimerService; readonly irq: InterruptLine; readonly dma: DmaChannel },
    drives: readonly [FloppyDrive, FloppyDrive],
  ) {
    this.id = id;
    this.timers = wiring.timers;
    this.irq = wiring.irq;
    this.dma = wiring.dma;
    this.drives = drives;
    this.seeks = new SeekStatus(drives);
  }

  read(offset: number): number {
    switch (offset) {
      case 0:
        return this.isInterrupting ? 0x80 : 0;
      case 1:
        return SRB_FIXED | ((this.dor & 3) === 0 ? 0x20 : 0) | ((this.dor >> 4) & 3);
      case 2:
        return this.dor;
      case 3:
        return this.tdr;
      case 4:
        return this.mainStatus();
      case 5:
        return this.readFifo();
      case 7:
        return this.isChangeLineActive() ? 0x80 : 0;
      default:
        return 0xff;
    }
  }

  write(offset: number, _width: number, value: number): void {
    switch (offset) {
      case 2:
        this.writeDor(value);
        break;
      case 3:
        this.tdr = value & 3;
        break;
      case 4:
        this.rate = value & 3;
        if (value & 0x80) {
          this.enterReset();
          this.leaveReset();
        }
        break;
      case 5:
        this.writeFifo(value);
        break;
      case 7:
        this.rate = value & 3;
        break;
    }
  }

  reset(): void {
    this.enterReset();
    this.dor = 0;
    this.tdr = 0;
    this.rate = 0;
    this.parameters.reset();
    for (const drive of this.drives) {
      drive.cylinder = 0;
      drive.isChanged = true;
    }
  }

  save(): DeviceState {
    return {
      version: 1,
      dor: this.dor,
      tdr: this.tdr,
      rate: this.rate,
      command: this.command,
      result: this.result,
      isInterrupting: this.isInterrupting,
      pendingStatus: this.seeks.save(),
      ...this.parameters.save(),
      work: WORKS.indexOf(this.work),
      deadline: this.work === 'none' ? 0 : this.deadline,
      ...(this.fifo && { fifo: saveFifoPhase(this.fifo) }),
      drive0: this.drives[0].save(),
      drive1: this.drives[1].save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const command = readBytes(state, 'command', 9);
    const result = readBytes(state, 'result', 10);
    const pendingStatus = readBytes(state, 'pendingStatus', DRIVES);
    const work = WORKS[readByte(state, 'work')] ?? 'none';
    const deadline = readTime(state, 'deadline');
    const isInterrupting = readFlag(state, 'isInterrupting');
    const fifo = state['fifo'] === undefined ? undefined : readFifoPhase(readObject(state, 'fifo'));
    this.drives.forEach((drive, index) => drive.restore(readObject(state, `drive${index}`)));
    this.parameters.restore(state);
    this.command = command;
    this.fifo = fifo;
    this.result = result;
    this.seeks.restore(pendingStatus);
    this.dor = readByte(state, 'dor');
    this.tdr = readByte(state, 'tdr') & 3;
    this.rate = readByte(state, 'rate') & 3;
    this.interrupt(isInterrupting);
    this.timer?.cancel();
    this.work = work;
    if (work !== 'none') this.schedule(work, deadline);
  }

  private get selectedDrive(): FloppyDrive | undefined {
    const drive = this.drives[(this.command[1] ?? 0) & 3];
    return drive?.isPresent ? drive : undefined;
  }

  private mainStatus(): number {
    if ((this.dor & DOR_NOT_RESET) === 0) return 0;
    if (this.fifo) return MSR_READY | MSR_NON_DMA | MSR_BUSY | (this.fifo.direction === 'in' ? MSR_TO_HOST : 0);
    if (this.result.length > 0) return MSR_READY | MSR_TO_HOST | MSR_BUSY;
    switch (this.work) {
      case 'transfer':
      case 'read-id':
        return MSR_BUSY;
      case 'seek':
        // Seeks leave the controller free for other drives.
        return MSR_READY | (this.command.length > 0 ? MSR_BUSY : 0) | (1 << this.seeks.seekingDrive);
      default:
        return MSR_READY | (this.command.length > 0 ? MSR_BUSY : 0);
    }
  }

  private isChangeLineActive(): boolean {
    const index = this.dor & 3;
    const drive = this.drives[index];
    const isMotorOn = (this.dor & (0x10 << index)) !== 0;
    return isMotorOn && drive !== undefined && drive.isPresent && (drive.isChanged || drive.diskette === undefined);
  }

  private writeDor(value: number): void {
    const was = this.dor;
    this.dor = value;
    if ((value & DOR_NOT_RESET) === 0) this.enterReset();
    else if ((was & DOR_NOT_RESET) === 0) this.leaveReset();
    this.interrupt(this.isInterrupting);
  }

  /** Stops whatever is going on. */
  private enterReset(): void {
    this.timer?.cancel();
    this.work = 'none';
    this.command = [];
    this.fifo = undefined;
    this.result = [];
    this.seeks.clear();
    this.interrupt(false);
    this.parameters.resetUnlocked();
  }

  private leaveReset(): void {
    this.startWork('reset', RESET_NS);
  }

  private interrupt(isAsserted: boolean): void {
    this.isInterrupting = isAsserted;
    this.irq.set(isAsserted && (this.dor & DOR_GATE) !== 0);
  }

  private startWork(work: Work, durationNs: number): void {
    this.timer?.cancel();
    this.schedule(work, this.timers.now() + durationNs);
  }

  private schedule(work: Work, deadline: number): void {
    this.work = work;
    this.deadline = Math.round(deadline);
    this.timer = this.timers.schedule(this.deadline, () => this.finishWork());
  }

  private finishWork(): void {
    const { work } = this;
    this.work = 'none';
    switch (work) {
      case 'none':
        return;
      case 'reset':
        if (this.parameters.polls) this.seeks.poll();
        this.interrupt(true);
        return;
      case 'seek':
        this.interrupt(true);
        return;
      case 'transfer':
        this.finishTransfer();
        return;
      case 'read-id':
        this.finishReadId();
        return;
    }
  }

  private readFifo(): number {
    const { fifo } = this;
    if (fifo?.direction === 'in') {
      const byte = fifo.bytes[fifo.at] ?? 0xff;
      this.advanceFifo(fifo);
      return byte;
    }
    const [value, ...rest] = this.result;
    if (value === undefined) return 0xff;
    this.result = rest;
    this.interrupt(false);
    return value;
  }

  private writeFifo(value: number): void {
    const { fifo } = this;
    if (fifo !== undefined) {
      if (fifo.direction === 'in') return;
      fifo.bytes[fifo.at] = value;
      this.advanceFifo(fifo);
      return;
    }
    const isIdle = this.work === 'none' || this.work === 'seek';
    if ((this.dor & DOR_NOT_RESET) === 0 || !isIdle || this.result.length > 0) return;
    this.command.push(value);
    const [first = 0] = this.command;
    if (this.command.length < floppyCommand(first).byteLength) return;
    this.execute(first);
    // A command under way still needs its bytes.
    if (this.work !== 'transfer' && this.work !== 'read-id') this.command = [];
  }

  private execute(first: number): void {
    const { command } = this;
    const described = floppyCommand(first);
    const [, select = 0, second = 0, third = 0] = command;
    switch (described.name) {
      case 'transfer':
        if (described.kind !== 'format') this.selectedDrive?.seek(second);
        this.startWork('transfer', TRANSFER_NS);
        return;
      case 'read-id':
        this.startWork('read-id', TRANSFER_NS);
        return;
      case 'specify':
        this.parameters.specify(select, second);
        return;
      case 'sense-drive':
        this.result = [driveStatus(this.drives[select & 3], select)];
        return;
      case 'recalibrate':
        this.seek(select, 0);
        return;
      case 'seek':
        this.seek(select, this.seekTarget(first, select, second));
        return;
      case 'sense-interrupt':
        this.senseInterrupt();
        return;
      case 'dump':
        this.result = this.dump();
        return;
      case 'version':
        this.result = [VERSION_82077];
        return;
      case 'perpendicular':
        this.parameters.perpendicular = select;
        return;
      case 'configure':
        this.parameters.configure(second, third);
        return;
      case 'lock':
        this.parameters.isLocked = (first & 0x80) !== 0;
        this.result = [this.parameters.isLocked ? 0x10 : 0];
        return;
      case 'invalid':
        this.result = [ST0_INVALID];
        return;
    }
  }

  /** SEEK names a cylinder; with bit 7 of the command it names a distance, outwards or with bit 6 inwards. */
  private seekTarget(first: number, select: number, parameter: number): number {
    if ((first & 0x80) === 0) return parameter;
    const from = this.seeks.cylinderOf(select);
    return first & 0x40 ? from + parameter : from - parameter;
  }

  private seek(select: number, cylinder: number): void {
    this.seeks.seek(select, cylinder);
    this.startWork('seek', SEEK_NS);
  }

  private senseInterrupt(): void {
    const told = this.work === 'seek' ? undefined : this.seeks.sense();
    this.interrupt(false);
    this.result = told ?? [ST0_INVALID];
  }

  private dump(): number[] {
    const cylinders = Array.from({ length: DRIVES }, (_, drive) => this.seeks.cylinderOf(drive));
    return [...cylinders, ...this.parameters.dump()];
  }

  private get kbps(): number {
    return DATA_RATES_KBPS[this.rate as 0 | 1 | 2 | 3]; // Two bits.
  }

  /** The transfer under way. */
  private get order(): TransferOrder | undefined {
    return transferOrder(this.command, this.selectedDrive, this.kbps);
  }

  private finishTransfer(): void {
    const { order, parameters } = this;
    if (order === undefined) return;
    parameters.lastTrackLength = trackLengthOf(order);
    const outcome = runOrder(order, parameters.usesDma ? this.dma : undefined);
    if ('direction' in outcome) this.fifo = outcome;
    else this.report(outcome);
    this.interrupt(true);
  }

  /** The processor has moved a byte; the next one asks for it anew. */
  private advanceFifo(fifo: FifoPhase): void {
    fifo.at++;
    this.interrupt(false);
    if (fifo.at < fifo.bytes.length) {
      this.interrupt(true);
      return;
    }
    this.fifo = undefined;
    const { order } = this;
    const result = fifo.result ?? (order && finishOrder(order, fifo.bytes));
    if (result === undefined) return;
    this.report(result);
    this.interrupt(true);
  }

  private finishReadId(): void {
    this.report(sectorIdentity(this.selectedDrive, this.command[1] ?? 0, this.kbps));
    this.interrupt(true);
  }

  /** The result phase begins. */
  private report({ st0, st1, st2, address }: TransferResult): void {
    const { cylinder, head, sector, sizeCode } = address;
    this.result = [st0 | ((this.command[1] ?? 0) & 7), st1, st2, cylinder, head, sector, sizeCode];
    this.command = [];
  }
}
