import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';

/**
 * A port whose bytes only leave the machine. What a read gives is the device's choice: the debug port E9h
 * reads as E9h (Bochs documentation, "port_e9_hack"), by which guests detect it; the POST port 80h reads back
 * what was written last, as the DMA page register behind it does.
 */
export class ByteSinkPort implements BusDevice {
  readonly id: string;
  private readonly sink: (byte: number) => void;
  private readonly fixedRead: number | undefined;
  private last = 0;

  constructor(id: string, sink: (byte: number) => void, fixedRead?: number) {
    this.id = id;
    this.sink = sink;
    this.fixedRead = fixedRead;
  }

  read(): number {
    return this.fixedRead ?? this.last;
  }

  write(_offset: number, _width: number, value: number): void {
    this.last = value;
    this.sink(value);
  }

  reset(): void {
    this.last = 0;
  }

  save(): DeviceState {
    return { version: 1, last: this.last };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.last = readByte(state, 'last');
  }
}
