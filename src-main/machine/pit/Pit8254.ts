import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readFlag, readObject } from '../snapshot.ts';
import { PitCounter } from './PitCounter.ts';

/** Input clock of the 8254, in Hz: a third of the 3.579545 MHz NTSC colour burst. */
export const PIT_CLOCK_HZ = 1_193_182;

function tickAt(nanoseconds: number): number {
  return Math.floor((nanoseconds * PIT_CLOCK_HZ) / 1e9);
}

/** First nanosecond of a tick. */
function timeOf(tick: number): number {
  const time = Math.ceil((tick * 1e9) / PIT_CLOCK_HZ);
  return tickAt(time) < tick ? time + 1 : time;
}

/**
 * The PC's 8254 programmable interval timer (Intel 8254 datasheet, order 231164). Counter 0 drives IRQ 0,
 * counter 1 was memory refresh, counter 2 has its gate and its output at system port 61h and feeds the speaker.
 *
 * Offset 0..2: counters. Offset 3, write only: control word.
 * - control word bits 7..6: counter, 3 is read-back; 5..4: access (0 latch, 1 low, 2 high, 3 both); 3..1: mode; 0: BCD
 * - read-back bit 5: 0 latches counts; bit 4: 0 latches status; bits 3..1: counters
 *
 * IRQ 0 is pulsed where OUT rises and stays high until the next rise: a guest that takes its interrupts late
 * still finds the request, although in mode 3 the real line would have fallen after half a period. Rises that
 * passed while the machine did not run are one request.
 */
export class Pit8254 implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly irq: InterruptLine;
  private counters = newCounters();
  private timer: TimerHandle | undefined;
  /** Called before something changes that the loudspeaker hears. */
  beforeSpeakerChange: (() => void) | undefined;
  /** OUT of counter 0 when last looked at. */
  private lastOutput = true;

  constructor(id: string, timers: TimerService, irq: InterruptLine) {
    this.id = id;
    this.timers = timers;
    this.irq = irq;
  }

  /** Gate of counter 2 (port 61h bit 0). */
  setSpeakerGate(isOpen: boolean): void {
    this.counters[2].setGate(isOpen, this.tick());
  }

  /** OUT of counter 2 at a time since counter or gate were last changed. */
  speakerOutputAt(timeNs: number): boolean {
    return this.counters[2].outputAt(tickAt(timeNs));
  }

  /** OUT of counter 2 (port 61h bit 5). */
  speakerOutput(): boolean {
    return this.counters[2].outputAt(this.tick());
  }

  read(offset: number): number {
    const counter = this.counter(offset);
    return counter === undefined ? 0xff : counter.read(this.tick());
  }

  write(offset: number, _width: number, value: number): void {
    if (offset >= 2) this.beforeSpeakerChange?.();
    const tick = this.tick();
    if (offset === 3) this.writeControl(value, tick);
    else this.counter(offset)?.write(value, tick);
    if (offset === 0 || offset === 3) this.watchOutput(tick);
  }

  reset(): void {
    this.counters = newCounters();
    this.lastOutput = true;
    this.timer?.cancel();
    this.timer = undefined;
    this.irq.set(false);
  }

  save(): DeviceState {
    const [counter0, counter1, counter2] = this.counters;
    return {
      version: 1,
      lastOutput: this.lastOutput,
      counter0: counter0.save(),
      counter1: counter1.save(),
      counter2: counter2.save(),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const counters = newCounters();
    counters.forEach((counter, index) => counter.restore(readObject(state, `counter${index}`)));
    this.lastOutput = readFlag(state, 'lastOutput');
    this.counters = counters;
    this.schedule(this.tick());
  }

  private tick(): number {
    return tickAt(this.timers.now());
  }

  private counter(offset: number): PitCounter | undefined {
    return this.counters[offset];
  }

  private writeControl(value: number, tick: number): void {
    const selected = value >> 6;
    if (selected < 3) {
      this.counter(selected)?.writeControl(value & 0x3f, tick);
      return;
    }
    this.counters.forEach((counter, index) => {
      if ((value & (2 << index)) === 0) return;
      if ((value & 0x20) === 0) counter.latchCount(tick);
      if ((value & 0x10) === 0) counter.latchStatus(tick);
    });
  }

  /** Counter 0 was written: OUT may have changed at once, and rises at another time than before. */
  private watchOutput(tick: number): void {
    const output = this.counters[0].outputAt(tick);
    if (output && !this.lastOutput) this.pulse();
    else if (!output) this.irq.set(false);
    this.lastOutput = output;
    this.schedule(tick);
  }

  private schedule(tick: number): void {
    this.timer?.cancel();
    const rise = this.counters[0].nextRise(tick);
    this.timer = rise === undefined ? undefined : this.timers.schedule(timeOf(rise), () => this.onRise());
  }

  private onRise(): void {
    this.pulse();
    this.lastOutput = true;
    this.schedule(this.tick());
  }

  private pulse(): void {
    this.irq.set(false);
    this.irq.set(true);
  }
}

/** Gates of counters 0 and 1 are tied high. */
function newCounters(): [PitCounter, PitCounter, PitCounter] {
  return [new PitCounter(true), new PitCounter(true), new PitCounter(false)];
}
