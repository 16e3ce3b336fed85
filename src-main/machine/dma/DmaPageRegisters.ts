import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readBytes } from '../snapshot.ts';
import type { Dma8237 } from './Dma8237.ts';

const REGISTERS = 16;
/** Channel whose page each register holds, ports 80h..8Fh; -1: it holds a byte and does nothing. */
// prettier-ignore
const CHANNEL_OF = [-1, 2, 3, 1, -1, -1, -1, 0, -1, 6, 7, 5, -1, -1, -1, 4] as const;

/**
 * The 74LS612 that holds address bits 23..16 of the DMA channels (IBM PC AT Technical Reference, "DMA page
 * registers"). Offsets are the port's low four bits; the registers between are plain bytes.
 */
export class DmaPageRegisters implements BusDevice {
  readonly id: string;
  private readonly controllers: readonly [Dma8237, Dma8237];
  private readonly pages = new Uint8Array(REGISTERS);

  constructor(id: string, controllers: readonly [Dma8237, Dma8237]) {
    this.id = id;
    this.controllers = controllers;
  }

  read(offset: number): number {
    return this.pages[offset] ?? 0xff;
  }

  write(offset: number, _width: number, value: number): void {
    if (offset >= REGISTERS) return;
    this.pages[offset] = value;
    const channel = CHANNEL_OF[offset] ?? -1;
    if (channel >= 0) this.controllers[channel < 4 ? 0 : 1].setPage(channel & 3, value);
  }

  reset(): void {
    for (let offset = 0; offset < REGISTERS; offset++) this.write(offset, 1, 0);
  }

  save(): DeviceState {
    return { version: 1, pages: [...this.pages] };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    readBytes(state, 'pages', REGISTERS, REGISTERS).forEach((page, offset) => this.write(offset, 1, page));
  }
}
