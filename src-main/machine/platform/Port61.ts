import type { BusDevice, DeviceState, TimerService } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';

/** Time between two changes of the refresh bit: memory refresh ran every 15.085 us. */
const REFRESH_NS = 15_085;

/** What port 61h reaches of the timer. */
export interface SpeakerTimer {
  setSpeakerGate(isOpen: boolean): void;
  speakerOutput(): boolean;
}

/**
 * System control port B (IBM PC AT Technical Reference, "System Board I/O").
 * Written: bit 0 gate of timer channel 2; bit 1 speaker data; bits 3..2 disable the parity and channel checks.
 * Read: the same, and bit 4 refresh (toggles), bit 5 OUT of timer channel 2, bits 7..6 parity and channel check
 * (never set: this memory has no errors).
 */
export class Port61 implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly timer: SpeakerTimer;
  private latch = 0;
  /** Called before something changes that the loudspeaker hears. */
  beforeSpeakerChange: (() => void) | undefined;

  constructor(id: string, timers: TimerService, timer: SpeakerTimer) {
    this.id = id;
    this.timers = timers;
    this.timer = timer;
  }

  /** Bit 1: what the timer puts out is heard. */
  get isSpeakerOn(): boolean {
    return (this.latch & 2) !== 0;
  }

  read(): number {
    const refresh = Math.floor(this.timers.now() / REFRESH_NS) & 1;
    return this.latch | (refresh << 4) | (this.timer.speakerOutput() ? 0x20 : 0);
  }

  write(_offset: number, _width: number, value: number): void {
    this.beforeSpeakerChange?.();
    this.latch = value & 0x0f;
    this.timer.setSpeakerGate((value & 1) !== 0);
  }

  reset(): void {
    this.latch = 0;
    this.timer.setSpeakerGate(false);
  }

  save(): DeviceState {
    return { version: 1, latch: this.latch };
  }

  /** The gate's position is in the timer's own state. */
  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.latch = readByte(state, 'latch');
  }
}
