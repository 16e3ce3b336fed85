import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readBytes } from '../snapshot.ts';

const REGISTERS = 0x1a;
const REGISTER = { master: 0x00, voice: 0x02, fm: 0x04, outputs1: 0x10, outputs2: 0x11 } as const;
const MUTE = 0x80, LEVEL = 0x1f; // prettier-ignore
/** A level's step, and what the loudest one of an input adds. The master's is 0 dB. */
const STEP_DB = 2;
const INPUT_MOST_DB = 12;
/** The level of an input that neither adds nor takes away. */
const UNITY = INPUT_MOST_DB / STEP_DB;
/** Switches to the output, left and right. */
const FM_SWITCHES = [1 << 6, 1 << 5] as const, VOICE_SWITCHES = [1 << 3, 1 << 2] as const; // prettier-ignore

/** What the ES1370's DACs are wired to: DAC1 to FM, DAC2 to voice. */
export type CodecInput = 'fm' | 'voice';

/**
 * The AK4531 codec's output mixer (Asahi Kasei, AK4531 data sheet), as far as it is about the two DACs. A written word
 * holds a register's number in 15..8 and its value in 7..0; none can be read.
 *
 * | register | |
 * |---|---|
 * | 00, 01 | master left, right: 4..0 attenuation, 2 dB a step; 7 mute |
 * | 02, 03; 04, 05 | voice; FM: 4..0 from 12 dB down, 2 dB a step; 7 mute |
 * | 10 | switches to the output: 6 FM left, 5 FM right |
 * | 11 | 3 voice left, 2 voice right |
 *
 * The chip is mute until it is set up. This one is open, since programs that were written on emulators without a mixer
 * leave it alone.
 */
export class Ak4531 {
  private readonly registers = new Uint8Array(REGISTERS);
  /** Factors for left and right. */
  private readonly gains: Record<CodecInput, readonly [number, number]> = { fm: [1, 1], voice: [1, 1] };

  constructor() {
    this.reset();
  }

  gain(input: CodecInput): readonly [number, number] {
    return this.gains[input];
  }

  write(word: number): void {
    const register = word >>> 8;
    if (register >= REGISTERS) return;
    this.registers[register] = word & 0xff;
    this.update();
  }

  reset(): void {
    this.registers.fill(0);
    this.registers.fill(UNITY, REGISTER.voice, REGISTER.fm + 2);
    this.registers[REGISTER.outputs1] = FM_SWITCHES[0] | FM_SWITCHES[1];
    this.registers[REGISTER.outputs2] = VOICE_SWITCHES[0] | VOICE_SWITCHES[1];
    this.update();
  }

  save(): DeviceState {
    return { version: 1, registers: [...this.registers] };
  }

  restore(state: DeviceState): void {
    checkVersion('ak4531', state, 1);
    this.registers.set(readBytes(state, 'registers', REGISTERS, REGISTERS));
    this.update();
  }

  private update(): void {
    const [fm1, fm2] = FM_SWITCHES;
    const [voice1, voice2] = VOICE_SWITCHES;
    const { fm, voice, outputs1, outputs2 } = REGISTER;
    this.gains.fm = [this.factor(fm, 0, outputs1, fm1), this.factor(fm, 1, outputs1, fm2)];
    this.gains.voice = [this.factor(voice, 0, outputs2, voice1), this.factor(voice, 1, outputs2, voice2)];
  }

  /** @param side 0 left, 1 right */
  private factor(input: number, side: number, switches: number, bit: number): number {
    const master = this.registers[REGISTER.master + side] ?? 0;
    const level = this.registers[input + side] ?? 0;
    const isOpen = ((this.registers[switches] ?? 0) & bit) !== 0;
    if (!isOpen || (master | level) & MUTE) return 0;
    const decibels = INPUT_MOST_DB - STEP_DB * ((level & LEVEL) + (master & LEVEL));
    return 10 ** (decibels / 20);
  }
}
