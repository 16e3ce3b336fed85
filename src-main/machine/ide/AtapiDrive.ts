import type { DeviceState } from '../BusDevice.ts';
import type { CdRom, CdReply } from '../cdrom/CdRom.ts';
import { checkVersion, readFlag, readNumber, readObject } from '../snapshot.ts';
import { type DataPhase, ERROR, type IdeDrive, type Reaction, STATUS } from './IdeDrive.ts';
import { identifyCdRom, type SelectedMode, transferMode } from './identify.ts';
import { TaskFile } from './TaskFile.ts';

const PACKET_BYTES = 12;
const FEATURE_DMA = 0x01;
/** Interrupt reason, in the count register: command or data, to the host. */
const REASON_COMMAND = 1, REASON_TO_HOST = 2; // prettier-ignore
const MOST_BLOCK = 0xfffe;
const DONE: Reaction = { kind: 'done' };
const ABORTED: Reaction = { kind: 'failed', error: ERROR.aborted };
const MODE_KINDS: readonly SelectedMode['kind'][] = ['pio', 'multiword', 'ultra'];

/** A CD-ROM drive behind the PACKET command (ATA/ATAPI-7, 6.24 and 9.8). What packets mean is the `CdRom`'s. */
export class AtapiDrive implements IdeDrive {
  readonly registers = new TaskFile();
  private readonly cdRom: CdRom;
  private readonly serial: string;
  private readonly hasDma: boolean;
  private mode: SelectedMode = { kind: 'pio', mode: 0 };
  /** The packet under way asks for DMA, and for PIO blocks of at most so many bytes. */
  private isDma = false;
  private byteCountLimit = MOST_BLOCK;
  private packet: Uint8Array = new Uint8Array(PACKET_BYTES);

  constructor(cdRom: CdRom, serial: string, hasDma: boolean) {
    this.cdRom = cdRom;
    this.serial = serial;
    this.hasDma = hasDma;
  }

  isReset(command: number): boolean {
    return command === 0x08;
  }

  execute(command: number): Reaction {
    switch (command) {
      case 0x08:
        this.registers.error = 1;
        this.setSignature();
        return { kind: 'done', isSilent: true };
      case 0xa0:
        return this.beginPacket();
      case 0xa1: {
        const content = identifyCdRom(this.serial, 'VIVARIUM CD-ROM', this.hasDma, this.mode);
        const phase: DataPhase = { kind: 'bytes', direction: 'in', content: [...content] };
        this.byteCountLimit = 0;
        return { kind: 'data', phase, blockBytes: content.length, isDma: false };
      }
      case 0xec:
        // Who asks for a disk is told by the signature that this is none.
        this.setSignature();
        return ABORTED;
      case 0xef:
        return this.setFeatures();
      case 0xe5:
        this.registers.set('count', 0xff);
        return DONE;
      case 0xe0:
      case 0xe1:
      case 0xe2:
      case 0xe3:
      case 0xe6:
      case 0xe7:
        return DONE;
      default:
        return ABORTED;
    }
  }

  move(phase: DataPhase, position: number, bytes: Uint8Array): boolean {
    switch (phase.kind) {
      case 'packet':
        this.packet = bytes.slice();
        return true;
      case 'bytes':
        bytes.set(phase.content.slice(position, position + bytes.length));
        return true;
      case 'sectors':
        return this.moveSectors(phase, position, bytes);
      case 'parameters':
        // Nothing that MODE SELECT could set has an effect here.
        return true;
    }
  }

  onBlock(phase: DataPhase, byteLength: number): void {
    if (phase.kind === 'packet') {
      this.registers.set('count', REASON_COMMAND);
      return;
    }
    // IDENTIFY PACKET DEVICE is no packet's data.
    if (this.byteCountLimit === 0) return;
    this.registers.set('count', phase.direction === 'in' ? REASON_TO_HOST : 0);
    this.registers.set('lbaMid', byteLength);
    this.registers.set('lbaHigh', byteLength >> 8);
  }

  onMoved(phase: DataPhase): Reaction {
    if (phase.kind === 'packet') return this.reactTo(this.cdRom.execute(this.packet));
    if (this.byteCountLimit === 0) return { kind: 'done', isSilent: true };
    return this.complete();
  }

  onFailed(): Reaction {
    return this.reactTo(this.cdRom.noteUnreadable());
  }

  setSignature(): void {
    const { registers } = this;
    registers.count = 1;
    registers.lbaLow = 1;
    registers.lbaMid = 0x14;
    registers.lbaHigh = 0xeb;
    registers.device = 0;
    // A packet device is not "ready" before its first command (ATA/ATAPI-7, 9.12).
    registers.status = 0;
  }

  reset(): void {
    this.mode = { kind: 'pio', mode: 0 };
    this.isDma = false;
    this.byteCountLimit = MOST_BLOCK;
    this.packet = new Uint8Array(PACKET_BYTES);
    this.cdRom.reset();
    this.setSignature();
  }

  save(): DeviceState {
    return {
      version: 1,
      modeKind: MODE_KINDS.indexOf(this.mode.kind),
      mode: this.mode.mode,
      isDma: this.isDma,
      byteCountLimit: this.byteCountLimit,
      cdRom: this.cdRom.save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion('ATAPI drive', state, 1);
    const kind = MODE_KINDS[readNumber(state, 'modeKind', 0, MODE_KINDS.length - 1)] ?? 'pio';
    const mode = { kind, mode: readNumber(state, 'mode', 0, 7) };
    const byteCountLimit = readNumber(state, 'byteCountLimit', 0, MOST_BLOCK);
    this.isDma = readFlag(state, 'isDma');
    this.cdRom.restore(readObject(state, 'cdRom'));
    this.mode = mode;
    this.byteCountLimit = byteCountLimit;
  }

  private beginPacket(): Reaction {
    const { registers } = this;
    this.isDma = (registers.low('features') & FEATURE_DMA) !== 0;
    if (this.isDma && !this.hasDma) return ABORTED;
    const limit = (registers.low('lbaMid') | (registers.low('lbaHigh') << 8)) & 0xfffe;
    this.byteCountLimit = limit === 0 ? MOST_BLOCK : limit;
    const phase: DataPhase = { kind: 'packet', direction: 'out', byteLength: PACKET_BYTES };
    return { kind: 'data', phase, blockBytes: PACKET_BYTES, isDma: false };
  }

  private reactTo(reply: CdReply): Reaction {
    if (reply.kind === 'failed') {
      this.registers.set('count', REASON_COMMAND | REASON_TO_HOST);
      // The sense key, and that the command was given up.
      return { kind: 'failed', error: (reply.senseKey << 4) | ERROR.aborted };
    }
    if (reply.kind === 'done') return this.complete();
    const phase: DataPhase =
      reply.kind === 'bytes'
        ? { kind: 'bytes', direction: 'in', content: [...reply.bytes] }
        : reply.kind === 'parameters'
          ? { kind: 'parameters', direction: 'out', byteLength: reply.byteLength }
          : {
              kind: 'sectors',
              direction: 'in',
              first: reply.first,
              count: reply.count,
              sectorBytes: reply.sectorBytes,
            };
    return { kind: 'data', phase, blockBytes: this.byteCountLimit, isDma: this.isDma };
  }

  private complete(): Reaction {
    this.registers.set('count', REASON_COMMAND | REASON_TO_HOST);
    this.registers.status |= STATUS.ready;
    return DONE;
  }

  /** Blocks of PIO need not end where sectors do. */
  private moveSectors(phase: Extract<DataPhase, { kind: 'sectors' }>, position: number, bytes: Uint8Array): boolean {
    const { sectorBytes, first } = phase;
    const before = position % sectorBytes;
    const sector = first + (position - before) / sectorBytes;
    if (before === 0 && bytes.length % sectorBytes === 0) return this.cdRom.read(sector, sectorBytes, bytes);
    const whole = new Uint8Array(Math.ceil((before + bytes.length) / sectorBytes) * sectorBytes);
    if (!this.cdRom.read(sector, sectorBytes, whole)) return false;
    bytes.set(whole.subarray(before, before + bytes.length));
    return true;
  }

  private setFeatures(): Reaction {
    if (this.registers.low('features') !== 0x03) return ABORTED;
    const mode = transferMode(this.registers.low('count'), this.hasDma);
    if (mode === undefined) return ABORTED;
    this.mode = mode;
    return DONE;
  }
}
