import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import type { A20Gate } from '../platform/A20Gate.ts';
import { checkVersion, readByte, readBytes, readFlag, readObject, readOptionalTime, readTime } from '../snapshot.ts';
import { ScanCodeTranslator } from './keys.ts';
import type { Ps2Device } from './Ps2Device.ts';

/** A byte of eleven bits at 10 to 16.7 kHz takes about a millisecond on the wire. */
const BYTE_NS = 1_000_000;

const STATUS_OUTPUT_FULL = 0x01, STATUS_SYSTEM = 0x04, STATUS_COMMAND = 0x08, STATUS_UNLOCKED = 0x10, STATUS_AUX = 0x20; // prettier-ignore
const CONFIG_IRQ1 = 0x01, CONFIG_IRQ12 = 0x02, CONFIG_SYSTEM = 0x04, CONFIG_KEYBOARD_OFF = 0x10, CONFIG_AUX_OFF = 0x20, CONFIG_TRANSLATE = 0x40; // prettier-ignore
/** What a BIOS leaves: interrupt on, self-test passed, translation on, mouse off. */
const CONFIG_AFTER_BIOS = CONFIG_IRQ1 | CONFIG_SYSTEM | CONFIG_AUX_OFF | CONFIG_TRANSLATE;
/** Output port bits that always read 1: not resetting; bits 5..4 follow the output buffer, bit 1 is A20. */
const OUTPUT_RUNNING = 0x01;
/** Input port: keyboard not locked, no jumper set. */
const INPUT_PORT = 0xa0;

type Source = 'controller' | 'keyboard' | 'aux';

/**
 * The AT's keyboard controller with a second port (Intel UPI-42 with IBM's firmware: IBM PS/2 Hardware
 * Interface Technical Reference, "Keyboard and Auxiliary Device Controller").
 *
 * Offset 0 (60h): data. Offset 1 (64h): read status, write command.
 * - status: bit 0 output full, 1 input full (never: bytes are taken at once), 2 self-test passed, 3 last write
 *   was a command, 4 keyboard not locked, 5 the output is the mouse's, 6 timeout, 7 parity
 * - configuration byte: bit 0 IRQ 1, 1 IRQ 12, 2 self-test passed, 4 keyboard off, 5 mouse off, 6 translate to set 1
 * - output port: bit 0 reset (0 resets the machine), 1 A20, 4 IRQ 1, 5 IRQ 12
 * - commands: 20..3F read RAM (20: configuration), 60..7F write it, A7/A8 mouse off/on, A9 test mouse port, AA
 *   self-test, AB test keyboard port, AD/AE keyboard off/on, C0 input port, D0/D1 read/write output port, D2/D3
 *   put a byte in the output buffer as the keyboard's/mouse's, D4 byte for the mouse, DD/DF A20 off/on, E0 test
 *   inputs, F0..FF pulse output port bits (bit 0: reset)
 *
 * Bytes of the devices arrive a millisecond apart, so that the output buffer keeps its value for a handler
 * that reads it twice. The interrupt line follows the buffer: high when full.
 */
export class Controller8042 implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly irq1: InterruptLine;
  private readonly irq12: InterruptLine;
  private readonly keyboard: Ps2Device;
  private readonly aux: Ps2Device;
  private readonly a20: A20Gate;
  private readonly requestReset: (through: string) => void;

  private readonly ram = new Uint8Array(32);
  private readonly translator = new ScanCodeTranslator();
  private output = 0;
  private isOutputFull = false;
  private source: Source = 'controller';
  private isLastWriteCommand = false;
  /** Command that waits for a byte at offset 0, or 0. */
  private command = 0;
  /** No device byte before this guest time. */
  private quietUntil = 0;
  private timer: TimerHandle | undefined;
  /** Reads since the last one that found something new: a guest that waits for a key by polling. */
  private emptyReads = 0;

  constructor(
    id: string,
    parts: {
      readonly timers: TimerService;
      readonly irq1: InterruptLine;
      readonly irq12: InterruptLine;
      readonly keyboard: Ps2Device;
      readonly aux: Ps2Device;
      readonly a20: A20Gate;
      readonly requestReset: (through: string) => void;
    },
  ) {
    this.id = id;
    this.timers = parts.timers;
    this.irq1 = parts.irq1;
    this.irq12 = parts.irq12;
    this.keyboard = parts.keyboard;
    this.aux = parts.aux;
    this.a20 = parts.a20;
    this.requestReset = parts.requestReset;
    this.keyboard.onOutput = () => this.pump();
    this.aux.onOutput = () => this.pump();
    this.ram[0] = CONFIG_AFTER_BIOS;
  }

  /** How often in a row the guest looked and found nothing. */
  get pollCount(): number {
    return this.emptyReads;
  }

  read(offset: number): number {
    if (offset === 1) {
      if (!this.isOutputFull) this.emptyReads++;
      return this.status();
    }
    if (!this.isOutputFull) this.emptyReads++;
    else this.emptyReads = 0;
    this.isOutputFull = false;
    this.source = 'controller';
    this.updateLines();
    this.pump();
    return this.output;
  }

  write(offset: number, _width: number, value: number): void {
    this.isLastWriteCommand = offset === 1;
    if (offset === 1) this.onCommand(value);
    else this.onData(value);
  }

  reset(): void {
    this.ram.fill(0);
    this.ram[0] = CONFIG_AFTER_BIOS;
    this.translator.isBreaking = false;
    this.output = 0;
    this.isOutputFull = false;
    this.source = 'controller';
    this.isLastWriteCommand = false;
    this.command = 0;
    this.quietUntil = 0;
    this.emptyReads = 0;
    this.timer?.cancel();
    this.timer = undefined;
    this.keyboard.reset();
    this.aux.reset();
    this.updateLines();
  }

  save(): DeviceState {
    return {
      version: 2,
      ram: [...this.ram],
      isBreaking: this.translator.isBreaking,
      output: this.output,
      isOutputFull: this.isOutputFull,
      isFromKeyboard: this.source === 'keyboard',
      isFromAux: this.source === 'aux',
      isLastWriteCommand: this.isLastWriteCommand,
      command: this.command,
      quietUntil: this.quietUntil,
      movesAt: this.timer?.deadline ?? null,
      emptyReads: this.emptyReads,
      keyboard: this.keyboard.save(),
      aux: this.aux.save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 2);
    const movesAt = readOptionalTime(state, 'movesAt');
    const emptyReads = readTime(state, 'emptyReads');
    const ram = readBytes(state, 'ram', 32, 32);
    this.keyboard.restore(readObject(state, 'keyboard'));
    this.aux.restore(readObject(state, 'aux'));
    this.ram.set(ram);
    this.translator.isBreaking = readFlag(state, 'isBreaking');
    this.output = readByte(state, 'output');
    this.isOutputFull = readFlag(state, 'isOutputFull');
    this.source = readFlag(state, 'isFromAux') ? 'aux' : readFlag(state, 'isFromKeyboard') ? 'keyboard' : 'controller';
    this.isLastWriteCommand = readFlag(state, 'isLastWriteCommand');
    this.command = readByte(state, 'command');
    this.quietUntil = readTime(state, 'quietUntil');
    this.emptyReads = emptyReads;
    this.timer?.cancel();
    this.timer = movesAt === undefined ? undefined : this.moveAt(movesAt);
    this.updateLines();
  }

  private get config(): number {
    return this.ram[0] ?? 0;
  }

  private status(): number {
    return (
      (this.isOutputFull ? STATUS_OUTPUT_FULL : 0) |
      (this.config & CONFIG_SYSTEM ? STATUS_SYSTEM : 0) |
      (this.isLastWriteCommand ? STATUS_COMMAND : 0) |
      STATUS_UNLOCKED |
      (this.isOutputFull && this.source === 'aux' ? STATUS_AUX : 0)
    );
  }

  private onCommand(command: number): void {
    this.command = 0;
    if (command >= 0x20 && command < 0x40) {
      this.answer(this.ram[command & 0x1f] ?? 0);
      return;
    }
    if ((command >= 0x60 && command < 0x80) || (command >= 0xd1 && command <= 0xd4)) {
      this.command = command;
      return;
    }
    if (command >= 0xf0) {
      if ((command & 1) === 0) this.requestReset('keyboard controller');
      return;
    }
    switch (command) {
      case 0xa7:
        this.setConfig(this.config | CONFIG_AUX_OFF);
        return;
      case 0xa8:
        this.setConfig(this.config & ~CONFIG_AUX_OFF);
        return;
      case 0xa9:
      case 0xab:
        this.answer(0x00);
        return;
      case 0xaa:
        this.ram[0] = this.config | CONFIG_SYSTEM;
        this.answer(0x55);
        return;
      case 0xad:
        this.setConfig(this.config | CONFIG_KEYBOARD_OFF);
        return;
      case 0xae:
        this.setConfig(this.config & ~CONFIG_KEYBOARD_OFF);
        return;
      case 0xc0:
        this.answer(INPUT_PORT);
        return;
      case 0xd0:
        this.answer(this.outputPort());
        return;
      case 0xdd:
      case 0xdf:
        this.a20.set(command === 0xdf);
        return;
      case 0xe0:
        this.answer(0x00);
        return;
    }
  }

  private onData(value: number): void {
    const command = this.command;
    this.command = 0;
    if (command >= 0x60 && command < 0x80) {
      if (command === 0x60) this.setConfig(value);
      else this.ram[command & 0x1f] = value;
      return;
    }
    switch (command) {
      case 0xd1:
        this.a20.set((value & 2) !== 0);
        if ((value & 1) === 0) this.requestReset('keyboard controller');
        return;
      case 0xd2:
        this.put(value, 'keyboard');
        return;
      case 0xd3:
        this.put(value, 'aux');
        return;
      case 0xd4:
        this.setConfig(this.config & ~CONFIG_AUX_OFF);
        this.aux.receive(value);
        return;
      default:
        // Sending to the keyboard switches it on (IBM, "Keyboard Controller").
        this.setConfig(this.config & ~CONFIG_KEYBOARD_OFF);
        this.keyboard.receive(value);
    }
  }

  private setConfig(value: number): void {
    this.ram[0] = value;
    this.updateLines();
    this.pump();
  }

  private outputPort(): number {
    const isAux = this.isOutputFull && this.source === 'aux';
    const isKeyboard = this.isOutputFull && !isAux;
    return OUTPUT_RUNNING | (this.a20.isOpen ? 2 : 0) | (isKeyboard ? 0x10 : 0) | (isAux ? 0x20 : 0) | 0xc0;
  }

  /** The controller's own answers overtake the devices' bytes. */
  private answer(byte: number): void {
    this.put(byte, 'controller');
  }

  private put(byte: number, source: Source): void {
    this.output = byte;
    this.isOutputFull = true;
    this.source = source;
    this.quietUntil = this.timers.now() + BYTE_NS;
    // A full buffer that is filled again makes a new edge.
    this.irq1.set(false);
    this.irq12.set(false);
    this.updateLines();
  }

  /** Moves a device's byte into the free output buffer, now or when the wire is quiet again. */
  private pump(): void {
    if (this.isOutputFull || this.timer !== undefined) return;
    const isKeyboardReady = this.keyboard.hasOutput && (this.config & CONFIG_KEYBOARD_OFF) === 0;
    const isAuxReady = this.aux.hasOutput && (this.config & CONFIG_AUX_OFF) === 0;
    if (!isKeyboardReady && !isAuxReady) return;
    const deadline = Math.max(this.timers.now() + BYTE_NS / 10, this.quietUntil);
    this.timer = this.moveAt(deadline);
  }

  private moveAt(deadline: number): TimerHandle {
    return this.timers.schedule(deadline, () => {
      this.timer = undefined;
      if (!this.isOutputFull) this.transfer();
    });
  }

  private transfer(): void {
    if (this.keyboard.hasOutput && (this.config & CONFIG_KEYBOARD_OFF) === 0) {
      const byte = this.keyboard.take() ?? 0;
      const translated = this.config & CONFIG_TRANSLATE ? this.translator.translate(byte) : byte;
      if (translated !== undefined) this.put(translated, 'keyboard');
    } else if (this.aux.hasOutput && (this.config & CONFIG_AUX_OFF) === 0) {
      this.put(this.aux.take() ?? 0, 'aux');
    }
    this.pump();
  }

  private updateLines(): void {
    const isAux = this.isOutputFull && this.source === 'aux';
    const isKeyboard = this.isOutputFull && this.source === 'keyboard';
    this.irq1.set(isKeyboard && (this.config & CONFIG_IRQ1) !== 0);
    this.irq12.set(isAux && (this.config & CONFIG_IRQ12) !== 0);
  }
}
