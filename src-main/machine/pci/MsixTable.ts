import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { DeviceState } from '../BusDevice.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { checkVersion, readBytes } from '../snapshot.ts';
import type { PciBar, PciDevice, PciRegister } from './PciDevice.ts';
import { registerRange } from './registerRange.ts';

const CAPABILITY = 0x11;
/** Message control: its high byte, which alone can be written. */
const CONTROL_HIGH = 3;
const ENABLE = 0x80,
  MASK_ALL = 0x40;
const ENTRY_BYTES = 16;
const DATA = 8,
  VECTOR_CONTROL = 12;
const MASKED = 1;
/** Where in the range the bits of waiting vectors lie, behind the table. */
const PENDING = 0x800;
const RANGE_BYTES = 0x1000;
const MOST_VECTORS = 32;

/**
 * A PCI function's message-signalled interrupts (PCI Local Bus Specification 3.0, 6.8.2): a table of addresses and
 * data, which the function writes there instead of asserting its pin. A vector that is masked waits until it is not.
 *
 * Its range in memory: entries of 16 bytes (address, data, bit 0: masked) from 0 on, waiting vectors' bits at 800h.
 */
export class MsixTable {
  readonly bar: PciBar;
  readonly capability: NonNullable<PciDevice['capabilities']>[number];
  readonly registers: readonly PciRegister[];
  private readonly id: string;
  private readonly vectorCount: number;
  private readonly entries: DataView;
  private readonly onEnabled: () => void;
  private memory: DeviceMemory | undefined;
  private control = 0;
  /** Bit per vector. */
  private pending = 0;

  /**
   * @param bar number of the base address register behind which the table lies
   * @param offset of the capability in configuration space
   * @param vectorCount 32 at most
   * @param onEnabled messages have taken the pin's place, or no longer do
   */
  constructor(id: string, bar: number, offset: number, vectorCount: number, onEnabled: () => void) {
    this.id = id;
    this.vectorCount = Math.min(vectorCount, MOST_VECTORS);
    this.entries = new DataView(new ArrayBuffer(this.vectorCount * ENTRY_BYTES));
    this.onEnabled = onEnabled;
    const range = registerRange(id, {
      read: (at, width) => this.read(at, width),
      write: (at, width, value) => this.write(at, width, value),
    });
    this.bar = { index: bar, space: 'memory', byteLength: RANGE_BYTES, device: range, width: 4 };
    this.capability = { offset, bytes: capabilityOf(bar, this.vectorCount) };
    this.registers = [
      { offset: offset + CONTROL_HIGH, writable: ENABLE | MASK_ALL, onChange: (value) => this.setControl(value) },
    ];
    this.reset();
  }

  /** @param memory guest memory as the function reaches it as a bus master */
  attach(memory: DeviceMemory): void {
    this.memory = memory;
  }

  get isEnabled(): boolean {
    return (this.control & ENABLE) !== 0;
  }

  has(vector: number): boolean {
    return vector < this.vectorCount;
  }

  /** Sends a vector's message, or keeps it until it is not masked. */
  signal(vector: number): void {
    if (!this.isEnabled || !this.has(vector)) return;
    this.pending |= 1 << vector;
    this.sendPending();
  }

  reset(): void {
    this.control = 0;
    this.pending = 0;
    for (let vector = 0; vector < this.vectorCount; vector++) {
      for (let at = 0; at < ENTRY_BYTES; at += 4) this.entries.setUint32(vector * ENTRY_BYTES + at, 0, true);
      this.entries.setUint32(vector * ENTRY_BYTES + VECTOR_CONTROL, MASKED, true);
    }
  }

  /** Without message control, which is the configuration space's. */
  save(): DeviceState {
    return { version: 1, entries: [...new Uint8Array(this.entries.buffer)], pending: this.pendingBytes() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const { byteLength } = this.entries;
    const entries = readBytes(state, 'entries', byteLength, byteLength);
    const pending = readBytes(state, 'pending', 4, 4);
    new Uint8Array(this.entries.buffer).set(entries);
    this.pending = pending.reduce((bits, byte, index) => bits | (byte << (8 * index)), 0);
  }

  private setControl(value: number): void {
    const wasEnabled = this.isEnabled;
    this.control = value;
    if (wasEnabled !== this.isEnabled) this.onEnabled();
    this.sendPending();
  }

  private sendPending(): void {
    if (!this.isEnabled || this.control & MASK_ALL) return;
    for (let vector = 0; vector < this.vectorCount; vector++) {
      const at = vector * ENTRY_BYTES;
      if ((this.pending & (1 << vector)) === 0 || this.entries.getUint32(at + VECTOR_CONTROL, true) & MASKED) continue;
      this.pending &= ~(1 << vector);
      const address = (this.entries.getUint32(at, true) & ~3) >>> 0;
      const message = new Uint8Array(this.entries.buffer, at + DATA, 4);
      this.memory?.write(address + this.entries.getUint32(at + 4, true) * 2 ** 32, message);
    }
  }

  private pendingBytes(): number[] {
    return [0, 8, 16, 24].map((shift) => (this.pending >>> shift) & 0xff);
  }

  private read(offset: number, width: AccessWidth): number {
    const bytes = offset < PENDING ? new Uint8Array(this.entries.buffer) : Uint8Array.from(this.pendingBytes());
    const first = offset < PENDING ? offset : offset - PENDING;
    let value = 0;
    for (let i = 0; i < width; i++) value += (bytes[first + i] ?? 0) * 2 ** (8 * i);
    return value;
  }

  /** The table takes words of 32 bits (6.8.2); nothing else is defined, and changes nothing. */
  private write(offset: number, width: AccessWidth, value: number): void {
    if (width !== 4 || offset % 4 !== 0 || offset >= this.entries.byteLength) return;
    this.entries.setUint32(offset, offset % ENTRY_BYTES === VECTOR_CONTROL ? value & MASKED : value, true);
    this.sendPending();
  }
}

function capabilityOf(bar: number, vectorCount: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  bytes[0] = CAPABILITY;
  view.setUint16(2, vectorCount - 1, true);
  view.setUint32(4, bar, true);
  view.setUint32(8, PENDING | bar, true);
  return bytes;
}
