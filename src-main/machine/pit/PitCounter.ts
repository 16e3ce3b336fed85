import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readFlag, readNumber } from '../snapshot.ts';

/** Modes 6 and 7 are 2 and 3 (datasheet: bit 2 of the mode is "don't care" there). */
export type PitMode = 0 | 1 | 2 | 3 | 4 | 5;

/** Which bytes of the count an access moves: control word bits 5..4. */
const ACCESS = { low: 1, high: 2, both: 3 } as const;

/** Greatest tick: 104 days of 1.19 MHz, with room. */
const MOST_TICKS = 2 ** 50;

/**
 * One counter of an 8254 (Intel 8254 datasheet, order 231164), in closed form: what it holds at any tick of
 * its clock follows from when it was loaded, so nothing happens between two accesses.
 *
 * All times are ticks of the 1.193182 MHz clock since power-on. The count is loaded one tick after it is
 * written or triggered (the datasheet's CR -> CE transfer). Simplification: in modes 2 and 3 a count written
 * while counting takes effect at the end of the period, in mode 3 not already after half of it.
 */
export class PitCounter {
  private mode: PitMode = 0;
  private isBcd = false;
  private access: number = ACCESS.both;
  private gate: boolean;
  /** Count last written (CR); 0 stands for the greatest. */
  private written = 0;
  /** A count was written since the control word. */
  private isWritten = false;
  /** First byte of a two-byte count, waiting for the second. */
  private firstByte: number | undefined;
  /** The next read of a two-byte count gives its high byte. */
  private isHighNext = false;
  /** What the latch command holds, low byte first; empty: reads are live. */
  private latchedCount: number[] = [];
  private latchedStatus: number | undefined;

  /** Count in use and the tick at which it was loaded; undefined: not counting yet. */
  private count = 0;
  private loadedAt: number | undefined;
  /** Ticks counted before the gate closed (modes 0, 2, 3, 4). */
  private heldElapsed: number | undefined;
  /** Count that takes effect at `pendingAt`. */
  private pendingCount: number | undefined;
  private pendingAt = 0;

  constructor(isGateOpen: boolean) {
    this.gate = isGateOpen;
  }

  writeControl(control: number, tick: number): void {
    const access = (control >> 4) & 3;
    if (access === 0) {
      this.latchCount(tick);
      return;
    }
    const mode = (control >> 1) & 7;
    // Six and seven are aliases; what remains is 0..5.
    this.mode = (mode > 5 ? mode - 4 : mode) as PitMode;
    this.isBcd = (control & 1) !== 0;
    this.access = access;
    this.isWritten = false;
    this.firstByte = undefined;
    this.isHighNext = false;
    this.latchedCount = [];
    this.latchedStatus = undefined;
    this.loadedAt = undefined;
    this.heldElapsed = undefined;
    this.pendingCount = undefined;
  }

  latchCount(tick: number): void {
    if (this.latchedCount.length > 0) return;
    const count = this.countAt(tick);
    if (this.access === ACCESS.low) this.latchedCount = [count & 0xff];
    else if (this.access === ACCESS.high) this.latchedCount = [count >> 8];
    else this.latchedCount = this.isHighNext ? [count >> 8] : [count & 0xff, count >> 8];
  }

  /** Status byte: bit 7 OUT, bit 6 null count, bits 5..4 access, 3..1 mode, 0 BCD. */
  latchStatus(tick: number): void {
    if (this.latchedStatus !== undefined) return;
    this.settle(tick);
    const isLoaded = this.loadedAt !== undefined && tick >= this.loadedAt;
    this.latchedStatus =
      (this.outputAt(tick) ? 0x80 : 0) |
      (isLoaded && this.isWritten && this.pendingCount === undefined ? 0 : 0x40) |
      (this.access << 4) |
      (this.mode << 1) |
      (this.isBcd ? 1 : 0);
  }

  read(tick: number): number {
    if (this.latchedStatus !== undefined) {
      const status = this.latchedStatus;
      this.latchedStatus = undefined;
      return status;
    }
    const latched = this.latchedCount.shift();
    if (latched !== undefined) {
      if (this.access === ACCESS.both) this.isHighNext = this.latchedCount.length > 0;
      return latched;
    }
    const count = this.countAt(tick);
    const isHigh = this.access === ACCESS.high || (this.access === ACCESS.both && this.isHighNext);
    if (this.access === ACCESS.both) this.isHighNext = !this.isHighNext;
    return isHigh ? count >> 8 : count & 0xff;
  }

  write(value: number, tick: number): void {
    if (this.access === ACCESS.both && this.firstByte === undefined) {
      this.firstByte = value;
      // Mode 0: the first byte stops the counting and OUT falls.
      if (this.mode === 0) this.loadedAt = undefined;
      return;
    }
    const count = this.access === ACCESS.low ? value : (value << 8) | (this.firstByte ?? 0);
    this.firstByte = undefined;
    this.settle(tick);
    this.written = count;
    this.isWritten = true;
    if (this.mode === 1 || this.mode === 5) {
      // Waits for the next trigger; a running one-shot goes on with its old count.
      return;
    }
    const isPeriodic = this.mode === 2 || this.mode === 3;
    if (isPeriodic && this.loadedAt !== undefined) {
      this.pendingCount = count;
      this.pendingAt = this.heldElapsed === undefined ? this.nextReload(tick) : Infinity;
    } else {
      this.load(tick);
    }
  }

  setGate(isOpen: boolean, tick: number): void {
    if (isOpen === this.gate) return;
    this.settle(tick);
    this.gate = isOpen;
    switch (this.mode) {
      case 0:
      case 4:
        if (isOpen) this.resume(tick);
        else this.hold(tick);
        return;
      case 2:
      case 3:
        if (!isOpen) this.hold(tick);
        else if (this.isWritten) this.load(tick);
        return;
      case 1:
      case 5:
        if (isOpen && this.isWritten) this.load(tick);
        return;
    }
  }

  get isGateOpen(): boolean {
    return this.gate;
  }

  /** Level of OUT. */
  outputAt(tick: number): boolean {
    this.settle(tick);
    const elapsed = this.elapsedAt(tick);
    if (elapsed === undefined) return this.mode !== 0;
    const length = this.length();
    switch (this.mode) {
      case 0:
      case 1:
        return elapsed >= length;
      case 2:
        return !this.gate || elapsed < 0 || elapsed % length !== length - 1;
      case 3:
        return !this.gate || elapsed < 0 || elapsed % length < Math.ceil(length / 2);
      case 4:
      case 5:
        return elapsed !== length;
    }
  }

  /** First tick after `tick` at which OUT rises; undefined when it does not by itself. */
  nextRise(tick: number): number | undefined {
    this.settle(tick);
    if (this.loadedAt === undefined || this.heldElapsed !== undefined) return undefined;
    const length = this.length();
    switch (this.mode) {
      case 0:
      case 1:
        return this.laterThan(tick, this.loadedAt + length);
      case 4:
      case 5:
        return this.laterThan(tick, this.loadedAt + length + 1);
      case 2:
      case 3:
        // A period of one never goes low (mode 3) or never high (mode 2): no edges.
        return length === 1 ? undefined : this.nextReload(tick);
    }
  }

  save(): DeviceState {
    return {
      version: 1,
      mode: this.mode,
      isBcd: this.isBcd,
      access: this.access,
      gate: this.gate,
      written: this.written,
      isWritten: this.isWritten,
      firstByte: this.firstByte ?? null,
      isHighNext: this.isHighNext,
      latchedCount: [...this.latchedCount],
      latchedStatus: this.latchedStatus ?? null,
      count: this.count,
      loadedAt: this.loadedAt ?? null,
      heldElapsed: this.heldElapsed ?? null,
      pendingCount: this.pendingCount ?? null,
      pendingAt: Number.isFinite(this.pendingAt) ? this.pendingAt : null,
    };
  }

  restore(state: DeviceState): void {
    checkVersion('pit counter', state, 1);
    this.mode = readNumber(state, 'mode', 0, 5) as PitMode; // in range: just checked
    this.isBcd = readFlag(state, 'isBcd');
    this.access = readNumber(state, 'access', 1, 3);
    this.gate = readFlag(state, 'gate');
    this.written = readNumber(state, 'written', 0, 0xffff);
    this.isWritten = readFlag(state, 'isWritten');
    this.firstByte = optional(state, 'firstByte', 0, 0xff);
    this.isHighNext = readFlag(state, 'isHighNext');
    const latched = state['latchedCount'];
    this.latchedCount = Array.isArray(latched) ? latched.slice(0, 2).map((byte) => Number(byte) & 0xff) : [];
    this.latchedStatus = optional(state, 'latchedStatus', 0, 0xff);
    this.count = readNumber(state, 'count', 0, 0xffff);
    this.loadedAt = optional(state, 'loadedAt', 0, MOST_TICKS);
    this.heldElapsed = optional(state, 'heldElapsed', -1, MOST_TICKS);
    this.pendingCount = optional(state, 'pendingCount', 0, 0xffff);
    this.pendingAt = optional(state, 'pendingAt', 0, MOST_TICKS) ?? Infinity;
  }

  /** What a read of the counting element gives: 16 bits, in BCD when the mode says so. */
  private countAt(tick: number): number {
    this.settle(tick);
    const elapsed = this.elapsedAt(tick);
    if (elapsed === undefined) return this.written;
    const modulus = this.modulus();
    const length = this.length();
    let count: number;
    if (elapsed < 0) count = length;
    else if (this.mode === 2) count = length - (elapsed % length);
    else if (this.mode === 3) count = squareWaveCount(elapsed % length, length);
    else count = (((length - elapsed) % modulus) + modulus) % modulus;
    count %= modulus;
    return this.isBcd ? toBcd(count) : count;
  }

  /** Ticks since the load took effect; -1 while it is under way. */
  private elapsedAt(tick: number): number | undefined {
    if (this.loadedAt === undefined) return undefined;
    return this.heldElapsed ?? Math.max(-1, tick - this.loadedAt);
  }

  private modulus(): number {
    return this.isBcd ? 10_000 : 0x10000;
  }

  /** The count in use as a number of ticks. */
  private length(): number {
    const count = this.isBcd ? fromBcd(this.count) : this.count;
    return count === 0 ? this.modulus() : count;
  }

  private load(tick: number): void {
    this.count = this.written;
    this.pendingCount = undefined;
    this.loadedAt = tick + 1;
    this.heldElapsed = undefined;
    if (!this.gate && this.mode !== 1 && this.mode !== 5) this.heldElapsed = 0;
  }

  private hold(tick: number): void {
    if (this.loadedAt !== undefined) this.heldElapsed = Math.max(0, tick - this.loadedAt);
  }

  private resume(tick: number): void {
    if (this.loadedAt !== undefined && this.heldElapsed !== undefined) this.loadedAt = tick - this.heldElapsed;
    this.heldElapsed = undefined;
  }

  /** Takes a new period's count into use when its time has come. */
  private settle(tick: number): void {
    if (this.pendingCount === undefined || tick < this.pendingAt) return;
    this.count = this.pendingCount;
    this.loadedAt = this.pendingAt;
    this.pendingCount = undefined;
  }

  /** First end of a period after `tick` in modes 2 and 3. */
  private nextReload(tick: number): number {
    const loadedAt = this.loadedAt ?? tick;
    const length = this.length();
    return loadedAt + (Math.floor(Math.max(0, tick - loadedAt) / length) + 1) * length;
  }

  private laterThan(tick: number, rise: number): number | undefined {
    return rise > tick ? rise : undefined;
  }
}

/** Mode 3 counts down by two, twice in a period; an odd count's first half is one tick longer. */
function squareWaveCount(phase: number, length: number): number {
  const half = Math.ceil(length / 2);
  const even = length & ~1;
  return even - 2 * (phase < half ? phase : phase - half);
}

function toBcd(value: number): number {
  return (
    (Math.floor(value / 1000) << 12) |
    ((Math.floor(value / 100) % 10) << 8) |
    ((Math.floor(value / 10) % 10) << 4) |
    (value % 10)
  );
}

function fromBcd(value: number): number {
  return (value >> 12) * 1000 + ((value >> 8) & 15) * 100 + ((value >> 4) & 15) * 10 + (value & 15);
}

function optional(state: DeviceState, field: string, least: number, most: number): number | undefined {
  return state[field] === null ? undefined : readNumber(state, field, least, most);
}
